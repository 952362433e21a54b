import { EventKind, type EventRecord, Flag, OutcomeCode } from '../../core/events.ts';
import type { Check, CheckModule, CheckResult } from '../check.ts';
import { Findings } from '../findings.ts';
import type { MessageState } from '../state/message-state.ts';
import { pairKey } from '../state/pair-key.ts';
import { type Plane, popcount32 } from '../state/planes.ts';
import type { Transaction } from '../state/transaction.ts';
import { type TransactionState, transactionsOf } from '../state/transaction-state.ts';
import { withTransactions } from './applies.ts';
import { ConsumedInputs } from './consumed-inputs.ts';
import { lostSight } from './given-up.ts';
import { drainedSubscriptions, undrainedOf } from './subscriptions.ts';

export const split: CheckModule = {
  id: 'T5',
  definition:
    'A transaction that consumed inputs and wrote acknowledged outputs was committed, by a commit that was answered ok, and only one half took effect: a drained subscription got none of its acknowledged outputs, or an input was delivered again to a session that began, or was assigned its scope, after the commit, without a seek or an offset that went back.',
  source:
    'KIP-98, sendOffsetsToTransaction: offsets and outputs are committed as one; KIP-447; Kafka protocol guide, TxnOffsetCommit',
  memory: '2 bits an input and group, up to 64 committed offsets of each scope, and what T3 keeps',
  example: [
    '{"kind":"history","version":1,"routes":{"in":{"groups":["g"]},"out":{"groups":["h"]}},"lanes":{"i":{"route":"in"},"o":{"route":"out"}}}',
    '{"timeMs":1,"kind":"send.invoke","actor":"p","lane":"i","seq":0}',
    '{"timeMs":2,"kind":"send.settled","actor":"p","lane":"i","seq":0,"outcome":"ok"}',
    '{"timeMs":3,"kind":"session.opened","actor":"c","group":"g","session":"c1"}',
    '{"timeMs":4,"kind":"deliver","actor":"c","group":"g","session":"c1","lane":"i","seq":0}',
    '{"timeMs":5,"kind":"tx.begin","actor":"c","transaction":"x"}',
    '{"timeMs":6,"kind":"tx.read","actor":"c","transaction":"x","group":"g","lane":"i","seq":0}',
    '{"timeMs":7,"kind":"send.invoke","actor":"c","lane":"o","seq":0,"transaction":"x","inputLane":"i","inputSeq":0}',
    '{"timeMs":8,"kind":"send.settled","actor":"c","lane":"o","seq":0,"outcome":"ok"}',
    '{"timeMs":9,"kind":"tx.end.invoke","actor":"c","transaction":"x","end":"commit"}',
    '{"timeMs":10,"kind":"tx.end.settled","actor":"c","transaction":"x","end":"commit","outcome":"ok"}',
    '{"timeMs":11,"kind":"deliver","actor":"d","group":"h","lane":"o","seq":0}',
    '{"timeMs":12,"kind":"session.closed","actor":"c","group":"g","session":"c1"}',
    '{"timeMs":13,"kind":"session.opened","actor":"c","group":"g","session":"c2"}',
    '{"timeMs":14,"kind":"deliver","actor":"c","group":"g","session":"c2","lane":"i","seq":0}',
    '{"timeMs":90,"kind":"drain.complete","group":"g"}',
    '{"timeMs":90,"kind":"drain.complete","group":"h"}',
  ],
  applies: withTransactions,
  create: (state, seed) => new SplitCheck(state, seed),
};

/**
 * T5, split. One half is what the outputs show: class `outputs missing`, by transaction and drained
 * subscription; if some of them arrived the transaction is torn instead (T3). The other half is what the
 * inputs show: class `inputs again`, by message and group. Where nobody began or was assigned anything after
 * the commit, a position may have been looked up before it, so that a second copy requested after it is
 * possible only; a seek explains it, as does an offset that went back, and a second stored copy is D4's. Transactions whose commit was not
 * answered ok prove neither half: an aborted one with visible outputs is T1's.
 */
class SplitCheck implements Check {
  readonly listensTo = [
    EventKind.transactionEndSettled,
    EventKind.deliver,
    EventKind.assigned,
    EventKind.seeked,
    EventKind.offsetCommitInvoke,
  ];
  readonly #state: MessageState;
  readonly #transactions: TransactionState;
  readonly #findings: Findings;
  readonly #consumed: readonly ConsumedInputs[];
  /** When each actor was last assigned each scope. */
  readonly #assignedNs = new Map<number, number>();
  #inputs = 0;

  constructor(state: MessageState, seed: number) {
    this.#state = state;
    this.#transactions = transactionsOf(state);
    this.#findings = new Findings('T5', state.lanes, seed);
    this.#consumed = state.groups.map(() => new ConsumedInputs(state));
  }

  fold(event: EventRecord): void {
    const kind: number = event.kind;
    switch (kind) {
      case EventKind.deliver:
        return this.#deliver(event);
      case EventKind.transactionEndSettled: {
        const { ended } = this.#transactions;
        if (event.outcome === OutcomeCode.ok && ended?.outcome === 'committed') {
          this.#consume(ended, event.timeNs);
        }
        return;
      }
      case EventKind.assigned:
        this.#assignedNs.set(pairKey(event.actor, event.scope), event.timeNs);
        return;
      case EventKind.seeked:
        return this.#consumed[event.group]?.moveBack(event.timeNs);
      default:
        if (event.seq === 0) {
          const position = { major: event.positionMajor, minor: event.positionMinor };
          this.#consumed[event.group]?.goOn(event.scope, position, event.timeNs, false);
        }
    }
  }

  finish(): CheckResult {
    const transactions = this.#transactions;
    const findings = this.#findings;
    transactions.close();
    let exposure = transactions.held.whole.consuming + this.#inputs;
    for (const transaction of transactions.held.list()) {
      if (!transaction.consumes) continue;
      for (const group of drainedSubscriptions(this.#state)) {
        const { due, seen } = transactions.held.standing(transaction, group);
        if (due === 0) continue;
        exposure += 1;
        if (seen > 0) continue;
        const note = `what it consumed was committed, and none of its ${due} outputs was delivered`;
        const of = { about: 'transaction', transaction: transaction.id, group } as const;
        findings.addAbout('outputs missing', { ...of, note });
      }
    }
    for (const { again, maybeAgain } of this.#consumed) {
      findings.possible += onlyIn(this.#state, maybeAgain, again);
    }
    const undecided = lostSight(findings, transactions) ?? undrainedOf(this.#state, findings);
    return undecided ?? findings.result(exposure);
  }

  #consume(transaction: Transaction, timeNs: number): void {
    const hasOutput = this.#hasOutput(transaction);
    for (const { group, scope, position } of transaction.offsets) {
      this.#consumed[group]?.goOn(scope, position, timeNs, hasOutput);
    }
    if (!hasOutput) return;
    for (const { group, scope, position } of transaction.offsets) {
      this.#consumed[group]?.cover(scope, position, timeNs);
    }
    const { reads } = this.#transactions;
    reads.each(transaction.reads, (lane, first, end, group) => {
      const consumed = this.#consumed[group];
      if (consumed === undefined) return;
      for (let seq = first; seq < end; seq += 1) {
        if (consumed.consume(lane, seq, timeNs)) this.#inputs += 1;
      }
    });
  }

  #hasOutput(transaction: Transaction): boolean {
    let hasOutput = false;
    this.#transactions.writes.each(transaction.writes, (lane, first, end) => {
      for (let seq = first; seq < end && !hasOutput; seq += 1) {
        hasOutput = this.#state.sends.ok.get(lane, seq);
      }
    });
    return hasOutput;
  }

  #deliver(event: EventRecord): void {
    const { status, lane, copy, sessionOpenedNs } = this.#state.delivery;
    if (status !== 'repeat' || copy === 'second') return;
    const consumed = this.#consumed[event.group];
    if (consumed === undefined) return;
    const isPlaced = (event.flags & Flag.placed) !== 0;
    const assignedNs = isPlaced
      ? this.#assignedNs.get(pairKey(event.actor, event.scope))
      : undefined;
    const beganNs = Math.max(sessionOpenedNs, assignedNs ?? -1);
    const isAgain = consumed.isConsumedBefore(lane, event, beganNs);
    if (isAgain && copy === 'same') {
      if (!consumed.again.set(lane, event.seq)) return;
      const note = 'its transaction was committed with its outputs, and it was delivered again';
      this.#findings.add('inputs again', lane, event.seq, event.group, note);
      return;
    }
    const isPulled = (event.flags & Flag.pulled) !== 0;
    if (isAgain || (isPulled && consumed.isConsumedBefore(lane, event, event.auxNs))) {
      consumed.maybeAgain.set(lane, event.seq);
    }
  }
}

/** Messages in `plane` that are not in `other`. */
function onlyIn(state: MessageState, plane: Plane, other: Plane): number {
  let count = 0;
  state.lanes.eachWord((lane, word) => {
    count += popcount32(plane.word(lane, word) & ~other.word(lane, word));
  });
  return count;
}
