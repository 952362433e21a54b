import {
  EventKind,
  type EventRecord,
  noEpoch,
  noGroup,
  OutcomeCode,
  TransactionEndCode,
} from '../../core/events.ts';
import type { Check, CheckModule, CheckResult } from '../check.ts';
import { Findings } from '../findings.ts';
import type { MessageState } from '../state/message-state.ts';
import { type TransactionState, transactionsOf } from '../state/transaction-state.ts';
import { withTransactions } from './applies.ts';

export const unfenced: CheckModule = {
  id: 'T8',
  definition:
    'A commit was requested with an old epoch of a transactional id after the initialisation of a newer one had been answered ok, and it was answered ok all the same.',
  source:
    'KIP-98, fencing of zombie producers by the epoch of their transactional.id; KIP-360; KIP-447',
  memory: '16 bytes a transactional id',
  example: [
    '{"kind":"history","version":1}',
    '{"timeMs":1,"kind":"tx.init","actor":"p","transactionalId":"t","epoch":0,"outcome":"ok"}',
    '{"timeMs":2,"kind":"tx.begin","actor":"p","transaction":"x","transactionalId":"t","epoch":0}',
    '{"timeMs":3,"kind":"send.invoke","actor":"p","lane":"a","seq":0,"transaction":"x"}',
    '{"timeMs":4,"kind":"send.settled","actor":"p","lane":"a","seq":0,"outcome":"ok"}',
    '{"timeMs":5,"kind":"tx.init","actor":"q","transactionalId":"t","epoch":1,"outcome":"ok"}',
    '{"timeMs":6,"kind":"tx.end.invoke","actor":"p","transaction":"x","end":"commit","transactionalId":"t","epoch":0}',
    '{"timeMs":7,"kind":"tx.end.settled","actor":"p","transaction":"x","end":"commit","transactionalId":"t","epoch":0,"outcome":"ok"}',
    '{"timeMs":8,"kind":"deliver","actor":"c","group":"g","lane":"a","seq":0}',
    '{"timeMs":90,"kind":"drain.complete","group":"g"}',
  ],
  applies: withTransactions,
  create: (state, seed) => new FencingCheck(state, seed),
};

/**
 * T8, fencing failure. A commit that was requested before the newer epoch was there may have been under
 * way, whatever its answer; one requested at the same instant is possible only. Without known epochs there
 * is nothing to compare, and such a commit is no chance of the anomaly. Every commit requested by an old
 * epoch is one, accepted or refused.
 */
class FencingCheck implements Check {
  readonly listensTo = [EventKind.transactionEndInvoke, EventKind.transactionEndSettled];
  readonly #transactions: TransactionState;
  readonly #findings: Findings;
  /** Transactions whose commit was requested too late, and whether that is certain. */
  readonly #late = new Map<number, boolean>();
  #exposure = 0;

  constructor(state: MessageState, seed: number) {
    this.#transactions = transactionsOf(state);
    this.#findings = new Findings('T8', state.lanes, seed);
  }

  fold(event: EventRecord): void {
    if (event.detail !== TransactionEndCode.commit) return;
    if (event.kind === EventKind.transactionEndInvoke) return this.#asked(event);
    if (event.outcome === OutcomeCode.ok) this.#accepted(event.ref);
    else if (event.outcome === OutcomeCode.fail) this.#late.delete(event.ref);
  }

  finish(): CheckResult {
    return this.#findings.result(this.#exposure);
  }

  #asked(event: EventRecord): void {
    const transaction = this.#transactions.open.get(event.ref);
    if (transaction === undefined || this.#late.has(event.ref)) return;
    const epoch = event.seq === noEpoch ? transaction.epoch : event.seq;
    const newest = this.#transactions.newest.get(transaction.producer);
    if (epoch === noEpoch || newest === undefined || epoch >= newest.epoch) return;
    this.#exposure += 1;
    // A repeated request may be answered by what an earlier one, made in time, has done.
    if (transaction.askedOpen > 1 || transaction.askedUnknown) return;
    this.#late.set(event.ref, newest.timeNs < event.timeNs);
  }

  #accepted(transaction: number): void {
    const isCertain = this.#late.get(transaction);
    if (isCertain === undefined) return;
    this.#late.delete(transaction);
    if (!isCertain) {
      this.#findings.possible += 1;
      return;
    }
    const note = 'its commit was requested by a fenced epoch and answered ok';
    const about = { about: 'transaction', transaction, group: noGroup } as const;
    this.#findings.addAbout('committed', { ...about, note });
  }
}
