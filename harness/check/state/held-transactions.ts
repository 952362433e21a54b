import { expectedWords } from './expected.ts';
import type { MessageState } from './message-state.ts';
import { popcount32 } from './planes.ts';
import { eachWordOf } from './range-pool.ts';
import type { Transaction } from './transaction.ts';
import type { TransactionState } from './transaction-state.ts';

/** Committed transactions are looked through when so many are held, and never are more held than the most. */
const fewHeld = 1 << 10;
const mostHeld = 1 << 16;

/** How much of what a transaction wrote for a group has arrived there. */
export interface Standing {
  /** Acknowledged messages that the group must get, and that only this transaction can have made visible. */
  due: number;
  seen: number;
  absent: number;
  /** Seen, and not before the commit was requested. */
  seenInTime: number;
}

/**
 * Committed transactions that some subscription has not seen in whole yet. Nothing is counted with each
 * delivery: the planes say at any time how far a transaction has come, so that what is complete is left out
 * whenever the list has doubled.
 */
export class HeldTransactions {
  /** Of those that were seen in whole: groups by transaction, with two messages or more, and consuming. */
  readonly whole = { ofSeveral: 0, consuming: 0 };
  /** Given up because too many were incomplete at once. */
  dropped = 0;
  readonly #state: MessageState;
  readonly #transactions: TransactionState;
  #held: Transaction[] = [];
  #sweepAt = fewHeld;
  readonly #expected: ReturnType<typeof expectedWords>;
  readonly #standing: Standing = { due: 0, seen: 0, absent: 0, seenInTime: 0 };

  constructor(state: MessageState, transactions: TransactionState) {
    this.#state = state;
    this.#transactions = transactions;
    this.#expected = expectedWords(state);
  }

  get size(): number {
    return this.#held.length;
  }

  add(transaction: Transaction): void {
    this.#held.push(transaction);
    if (this.#held.length >= this.#sweepAt) this.#sweep();
  }

  /** Those that are incomplete, after the last event. */
  list(): readonly Transaction[] {
    return this.#held;
  }

  /** @returns one object, reused for every call */
  standing(transaction: Transaction, group: number): Standing {
    const standing = this.#standing;
    [standing.due, standing.seen, standing.absent, standing.seenInTime] = [0, 0, 0, 0];
    const state = this.#state;
    const seenBy = state.groups[group]?.seen;
    const early = this.#transactions.early[group];
    if (seenBy === undefined || early === undefined) return standing;
    this.#transactions.writes.each(transaction.writes, (lane, first, end) => {
      eachWordOf(first, end, (word, mask) => {
        const excused =
          this.#transactions.sharedWord(lane, word) | state.excuses.word(group, lane, word);
        const due =
          state.sends.ok.word(lane, word) & this.#expected(group, lane, word) & mask & ~excused;
        if (due === 0) return;
        const seen = due & seenBy.word(lane, word);
        standing.due += popcount32(due);
        standing.seen += popcount32(seen);
        standing.absent += popcount32(due & ~seen);
        standing.seenInTime += popcount32(seen & ~early.word(lane, word));
      });
    });
    return standing;
  }

  #sweep(): void {
    this.#held = this.#held.filter((transaction) => !this.#isWhole(transaction));
    if (this.#held.length > mostHeld * 0.75) {
      const given = this.#held.splice(0, mostHeld / 4);
      this.dropped += given.length;
      for (const { writes } of given) this.#transactions.writes.release(writes);
    }
    this.#sweepAt = Math.min(mostHeld, Math.max(fewHeld, this.#held.length * 2));
  }

  #isWhole(transaction: Transaction): boolean {
    const groups = this.#state.facts.groups;
    for (const [number, { role }] of groups.entries()) {
      if (role === 'subscription' && this.standing(transaction, number).absent > 0) return false;
    }
    for (const [number, { role }] of groups.entries()) {
      if (role !== 'subscription') continue;
      const { due } = this.standing(transaction, number);
      if (due >= 2) this.whole.ofSeveral += 1;
      if (due >= 1 && transaction.consumes) this.whole.consuming += 1;
    }
    this.#transactions.writes.release(transaction.writes);
    return true;
  }
}
