import { Exchange, type ExchangeSpec } from './exchange.ts';
import type { Routable } from './exchanges/exchange-type.ts';

/** All exchanges, and the way of a message through them. */
export class Exchanges {
  readonly #byId = new Map<number, Exchange>();
  readonly #byName = new Map<string, Exchange>();

  get all(): Iterable<Exchange> {
    return this.#byId.values();
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
