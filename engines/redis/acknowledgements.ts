import type { ConsumerSink, Delivery } from '../engine.ts';
import type { GroupPlace, Token } from './group-reader.ts';
import type { Link } from './link.ts';
import { outcomeOf, RedisCode } from './outcomes.ts';

/** Every delivery of a ticket. */
const all = -1;

/**
 * Acknowledges in batches: one XACK names all entries of a settlement, and its answer how many of them were pending.
 * When some were not, nobody says which: they were acknowledged before, by this consumer or by who had claimed them.
 */
export class Acknowledgements {
  readonly #link: Link;
  readonly #at: GroupPlace;
  readonly #sink: ConsumerSink;
  readonly #open = new Set<Promise<void>>();
  #ended = false;

  constructor(link: Link, at: GroupPlace, sink: ConsumerSink) {
    this.#link = link;
    this.#at = at;
    this.#sink = sink;
  }

  acknowledge(ticket: number, of: readonly Delivery[]): void {
    const ids = new Set(of.map(({ token }) => (token as Token).id));
    const telling = this.#ask([...ids]).then((code) => {
      if (!this.#ended) this.#sink.settled(ticket, all, outcomeOf(code), code);
    });
    this.#open.add(telling);
    void telling.then(() => this.#open.delete(telling));
  }

  /** Resolves when everything so far has been answered. */
  async answeredAll(): Promise<void> {
    await Promise.all(this.#open);
  }

  /** Nothing is told any more. */
  end(): void {
    this.#ended = true;
  }

  async #ask(ids: readonly string[]): Promise<RedisCode> {
    if (!this.#link.isOpen) return RedisCode.notConnected;
    const { stream, group } = this.#at;
    try {
      const acknowledged = await this.#link.call<number>(['XACK', stream, group, ...ids]);
      return acknowledged === ids.length ? RedisCode.ok : RedisCode.notAllPending;
    } catch (error) {
      return this.#link.codeOf(error);
    }
  }
}
