import type { ProducerIdentity, TransactionEnd } from '../embedded/log/entries.ts';
import type { Consumer, Delivery, Outcome, Transaction } from '../engine.ts';
import { LogConsumer } from './consumer.ts';
import { ScopedConsumer } from './scoped.ts';

export interface TransactionOwner {
  /** Every message so far has been answered. */
  readonly settled: () => Promise<void>;
  readonly end: (end: TransactionEnd) => Promise<Outcome>;
}

/**
 * One transaction of a producer. When a message or an offset of it was not accepted, it can only be
 * aborted, and `commit` does that: half a transaction is what nobody must see.
 */
export class LogTransaction implements Transaction {
  readonly #identity: ProducerIdentity;
  readonly #owner: TransactionOwner;
  #isFailed = false;
  #isEnding = false;

  constructor(identity: ProducerIdentity, owner: TransactionOwner) {
    this.#identity = identity;
    this.#owner = owner;
  }

  /** More may join it. */
  get isOpen(): boolean {
    return !this.#isFailed && !this.#isEnding;
  }

  /** Something of it was refused, or nobody knows. */
  fail(): void {
    this.#isFailed = true;
  }

  /** By the consumer's own connection, so that the broker knows whose partitions they are. */
  async include(consumer: Consumer, upTo: readonly Delivery[]): Promise<Outcome> {
    if (!this.isOpen) return 'fail';
    const isOwn = consumer instanceof LogConsumer || consumer instanceof ScopedConsumer;
    const outcome = isOwn ? await consumer.include(this.#identity, upTo) : 'fail';
    if (outcome !== 'ok') this.fail();
    return outcome;
  }

  async commit(): Promise<Outcome> {
    if (!(await this.#close())) return 'fail';
    if (!this.#isFailed) return this.#owner.end('commit');
    await this.#owner.end('abort');
    return 'fail';
  }

  async abort(): Promise<Outcome> {
    return (await this.#close()) ? this.#owner.end('abort') : 'fail';
  }

  /** Nothing joins it any more; what is on its way still may fail it. False when it was closed before. */
  async #close(): Promise<boolean> {
    if (this.#isEnding) return false;
    this.#isEnding = true;
    await this.#owner.settled();
    return true;
  }
}
