import { direct } from './exchanges/direct.ts';
import type { BindingSpec, ExchangeType, Matcher, Routable } from './exchanges/exchange-type.ts';
import { fanout } from './exchanges/fanout.ts';
import { headers } from './exchanges/headers.ts';
import { topic } from './exchanges/topic.ts';

export const exchangeKinds = ['direct', 'fanout', 'topic', 'headers'] as const;
export type ExchangeKind = (typeof exchangeKinds)[number];

const typeOf: Readonly<Record<ExchangeKind, ExchangeType>> = { direct, fanout, topic, headers };

export interface ExchangeSpec {
  readonly name: string;
  readonly kind: ExchangeKind;
  /** Where a message goes that no binding wants. It exists already, so alternates form no circle. */
  readonly alternate: number | undefined;
}

interface Binding {
  readonly queue: number;
  readonly spec: BindingSpec;
  readonly matches: Matcher;
}

/** One exchange and its bindings, in the order of binding. */
export class Exchange {
  readonly id: number;
  readonly spec: ExchangeSpec;
  readonly #type: ExchangeType;
  #bindings: Binding[] = [];

  constructor(id: number, spec: ExchangeSpec) {
    this.id = id;
    this.spec = spec;
    this.#type = typeOf[spec.kind];
  }

  get bindings(): readonly { readonly queue: number; readonly spec: BindingSpec }[] {
    return this.#bindings;
  }

  /** Binding the same again changes nothing. */
  bind(queue: number, spec: BindingSpec): void {
    if (this.#bindings.some((known) => isSame(known, queue, spec))) return;
    this.#bindings.push({ queue, spec, matches: this.#type(spec) });
  }

  unbind(queue: number, spec: BindingSpec): void {
    this.#bindings = this.#bindings.filter((known) => !isSame(known, queue, spec));
  }

  /** The queue is gone. */
  forget(queue: number): void {
    this.#bindings = this.#bindings.filter((known) => known.queue !== queue);
  }

  /** Each queue once, however many of its bindings match. */
  queuesFor(message: Routable): number[] {
    const queues: number[] = [];
    for (const { queue, matches } of this.#bindings) {
      if (!queues.includes(queue) && matches(message)) queues.push(queue);
    }
    return queues;
  }
}

function isSame(known: Binding, queue: number, spec: BindingSpec): boolean {
  return (
    known.queue === queue &&
    known.spec.key === spec.key &&
    known.spec.match === spec.match &&
    hasSameHeaders(known.spec, spec)
  );
}

function hasSameHeaders({ headers: one }: BindingSpec, { headers: other }: BindingSpec): boolean {
  const names = Object.keys(one);
  return (
    names.length === Object.keys(other).length &&
    names.every((name) => Object.hasOwn(other, name) && one[name] === other[name])
  );
}
