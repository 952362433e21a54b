import { EventKind, type EventRecord, OutcomeCode, TransactionEndCode } from '../../core/events.ts';
import type { Check, CheckModule, CheckResult } from '../check.ts';
import { Findings } from '../findings.ts';
import type { MessageState } from '../state/message-state.ts';
import { eachBit, Plane } from '../state/planes.ts';
import { RangePool } from '../state/range-pool.ts';
import type { Transaction } from '../state/transaction.ts';
import { type TransactionState, transactionsOf } from '../state/transaction-state.ts';
import { withReadCommitted } from './applies.ts';
import { givenUp } from './given-up.ts';

export const leaked: CheckModule = {
  id: 'T6',
  definition:
    'A write that was still unanswered when its transaction was aborted became visible, but only after the commit of the next transaction of the same producer had been requested, and that commit was answered ok: it was taken into the later transaction.',
  source:
    'KIP-890 (“a message from a previous (aborted) transaction become part of the next transaction”); KAFKA-17754; Jepsen analysis of Bufstream 0.1.0',
  memory: '2 bits a message of an aborted transaction, and ranges until its producer commits',
  example: [
    '{"kind":"history","version":1}',
    '{"timeMs":1,"kind":"tx.begin","actor":"p","transaction":"x"}',
    '{"timeMs":2,"kind":"send.invoke","actor":"p","lane":"a","seq":0,"transaction":"x"}',
    '{"timeMs":3,"kind":"tx.end.invoke","actor":"p","transaction":"x","end":"abort"}',
    '{"timeMs":4,"kind":"tx.end.settled","actor":"p","transaction":"x","end":"abort","outcome":"ok"}',
    '{"timeMs":5,"kind":"tx.begin","actor":"p","transaction":"y"}',
    '{"timeMs":6,"kind":"send.invoke","actor":"p","lane":"a","seq":1,"transaction":"y"}',
    '{"timeMs":7,"kind":"send.settled","actor":"p","lane":"a","seq":1,"outcome":"ok"}',
    '{"timeMs":8,"kind":"tx.end.invoke","actor":"p","transaction":"y","end":"commit"}',
    '{"timeMs":9,"kind":"tx.end.settled","actor":"p","transaction":"y","end":"commit","outcome":"ok"}',
    '{"timeMs":10,"kind":"deliver","actor":"c","group":"g","lane":"a","seq":0}',
    '{"timeMs":11,"kind":"deliver","actor":"c","group":"g","lane":"a","seq":1}',
    '{"timeMs":90,"kind":"drain.complete","group":"g"}',
  ],
  applies: withReadCommitted,
  create: (state, seed) => new LeakedCheck(state, seed),
};

/**
 * T6, leaked. Every such message is an aborted read as well (T1), and this says how it came about. A write
 * that was answered before the abort was requested lies before the mark of the abort, so that no later
 * transaction can have taken it in: that is T1 alone. Until a producer's next commit its unanswered writes
 * add up over all transactions that it aborts.
 */
class LeakedCheck implements Check {
  readonly listensTo = [EventKind.transactionEndInvoke, EventKind.transactionEndSettled];
  readonly #state: MessageState;
  readonly #transactions: TransactionState;
  readonly #findings: Findings;
  /** Not answered when the abort of its transaction was requested. */
  readonly #unanswered: Plane;
  /** Seen by nobody when the commit that may have taken it in was requested. */
  readonly #unseen: Plane;
  readonly #taken: Plane;
  /** Unanswered writes of aborted transactions, by producer. */
  readonly #late = new Map<number, number>();
  readonly #ranges = new RangePool();
  /** By producer: the transaction whose commit was requested last. */
  readonly #asking = new Map<number, number>();
  #exposure = 0;

  constructor(state: MessageState, seed: number) {
    this.#state = state;
    this.#transactions = transactionsOf(state);
    this.#findings = new Findings('T6', state.lanes, seed);
    this.#unanswered = new Plane(state.lanes);
    this.#unseen = new Plane(state.lanes);
    this.#taken = new Plane(state.lanes);
  }

  fold(event: EventRecord): void {
    if (event.kind === EventKind.transactionEndInvoke) {
      const transaction = this.#transactions.open.get(event.ref);
      if (transaction === undefined) return;
      if (event.detail === TransactionEndCode.abort) this.#abortAsked(transaction);
      else this.#commitAsked(transaction);
      return;
    }
    const { ended } = this.#transactions;
    if (event.outcome !== OutcomeCode.ok || ended === undefined) return;
    if (ended.outcome === 'aborted') this.#aborted(ended);
    else this.#committed(ended);
  }

  finish(): CheckResult {
    const transactions = this.#transactions;
    transactions.close();
    this.#state.groups.forEach(({ seen }, number) => {
      if (this.#state.facts.groups[number]?.role !== 'subscription') return;
      this.#state.lanes.eachWord((lane, word) => {
        const taken = this.#taken.word(lane, word) & transactions.abortedWord(lane, word);
        eachBit(taken & seen.word(lane, word), word, (seq) => {
          const note = 'of an aborted transaction, and visible with the next one of its producer';
          this.#findings.add('leaked', lane, seq, number, note);
        });
      });
    });
    return givenUp(this.#findings, transactions) ?? this.#findings.result(this.#exposure);
  }

  #abortAsked({ writes }: Transaction): void {
    this.#transactions.writes.each(writes, (lane, first, end) => {
      for (let seq = first; seq < end; seq += 1) {
        if (!this.#state.sends.ok.get(lane, seq)) this.#unanswered.set(lane, seq);
      }
    });
  }

  #aborted({ writes, producer }: Transaction): void {
    let late = this.#late.get(producer) ?? -1;
    this.#transactions.writes.each(writes, (lane, first, end) => {
      for (let seq = first; seq < end; seq += 1) {
        if (this.#unanswered.get(lane, seq)) late = this.#ranges.add(late, lane, seq, 0);
      }
    });
    if (late >= 0) this.#late.set(producer, late);
  }

  #commitAsked({ id, producer }: Transaction): void {
    // A repeated request is the same commit: what was seen since the first may have come with it.
    if (this.#asking.get(producer) === id) return;
    this.#asking.set(producer, id);
    this.#ranges.each(this.#late.get(producer) ?? -1, (lane, first, end) => {
      for (let seq = first; seq < end; seq += 1) {
        if (this.#isSeen(lane, seq)) this.#unseen.clear(lane, seq);
        else this.#unseen.set(lane, seq);
      }
    });
  }

  #committed({ producer }: Transaction): void {
    const late = this.#late.get(producer) ?? -1;
    this.#ranges.each(late, (lane, first, end) => {
      for (let seq = first; seq < end; seq += 1) {
        this.#exposure += 1;
        if (this.#unseen.get(lane, seq)) this.#taken.set(lane, seq);
      }
    });
    this.#ranges.release(late);
    this.#late.delete(producer);
  }

  #isSeen(lane: number, seq: number): boolean {
    return this.#state.groups.some(({ seen }) => seen.get(lane, seq));
  }
}
