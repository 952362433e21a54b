import { Exchange, type ExchangeSpec } from './exchange.ts';
import type { Routable } from './exchanges/exchange-type.ts';

/**
 * Is there from the beginning, has no name, and every queue is bound to it under its own (AMQP 0-9-1, 3.1.3.1).
 * Nobody declares, binds or deletes it.
 */
export const defaultExchange = 0;

/** All exchanges, and the way of a message through them. */
export class Exchanges {
  readonly #byId = new Map<number, Exchange>();
  readonly #byName = new Map<string, Exchange>();

  constructor() {
    this.add(defaultExchange, { name: '', kind: 'direct', alternate: undefined });
  }

  get declared(): readonly Exchange[] {
    return [...this.#byId.values()].filter(({ id }) => id !== defaultExchange);
  }

  get(id: number): Exchange | undefined {
    return this.#byId.get(id);
  }

  has(name: string): boolean {
    return this.#byName.has(name);
  }

  add(id: number, spec: ExchangeSpec): void {
    const exchange = new Exchange(id, spec);
    this.#byId.set(id, exchange);
    this.#byName.set(spec.name, exchange);
  }

  remove(id: number): void {
    const exchange = this.#byId.get(id);
    if (exchange !== undefined) this.#byName.delete(exchange.spec.name);
    this.#byId.delete(id);
  }

  /** A routing key is bytes, and each is one character here (`routableOf`). */
  addQueue(queue: number, name: string): void {
    const key = Buffer.from(name).toString('latin1');
    this.#byId.get(defaultExchange)?.bind(queue, { key, match: 'all', headers: {} });
  }

  forgetQueue(queue: number): void {
    for (const exchange of this.#byId.values()) exchange.forget(queue);
  }

  /** The queues of the first exchange, from this one along its alternates, where any binding matches. */
  route(id: number, message: Routable): readonly number[] {
    for (let at = this.#byId.get(id); at !== undefined; ) {
      const queues = at.queuesFor(message);
      if (queues.length > 0) return queues;
      const { alternate } = at.spec;
      at = alternate === undefined ? undefined : this.#byId.get(alternate);
    }
    return [];
  }
}
