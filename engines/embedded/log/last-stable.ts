import type { OpenTransaction } from './open-transaction.ts';

/**
 * What of a partition is still undecided: the transactions that wrote to it and whose end is not committed
 * yet. Everything before the first offset of the oldest of them is stable (Kafka's last stable offset,
 * KIP-98): a reader that wishes committed messages only goes no further, so it sees them in their order.
 */
export class LastStable {
  /** By transaction its first offset here; they come in the order of offsets, and maps keep it. */
  readonly #undecided = new Map<OpenTransaction, number>();

  /** The transaction wrote here, at this offset first if it had not before. */
  hold(transaction: OpenTransaction, firstOffset: number): void {
    if (!this.#undecided.has(transaction)) this.#undecided.set(transaction, firstOffset);
  }

  release(transaction: OpenTransaction): void {
    this.#undecided.delete(transaction);
  }

  /** @param committed the offset that readers may not pass anyway */
  offset(committed: number): number {
    for (const first of this.#undecided.values()) return Math.min(first, committed);
    return committed;
  }
}
