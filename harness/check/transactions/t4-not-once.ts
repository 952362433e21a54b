import { EventKind, type EventRecord, noGroup } from '../../core/events.ts';
import { comparePositions, type Position } from '../../core/position.ts';
import type { Check, CheckModule, CheckResult } from '../check.ts';
import { Findings } from '../findings.ts';
import type { MessageState } from '../state/message-state.ts';
import { eachBit, Plane, popcount32 } from '../state/planes.ts';
import type { CarriedOffset, Transaction } from '../state/transaction.ts';
import { type TransactionState, transactionsOf } from '../state/transaction-state.ts';
import { withTransactions } from './applies.ts';
import { givenUp } from './given-up.ts';

export const notOnce: CheckModule = {
  id: 'T4',
  definition:
    'Outputs made from one input for one group stand in two committed transactions, or in none although a committed transaction consumed the input and an output of it had been sent.',
  source:
    'KIP-98 and KIP-129 (exactly-once consume, transform, produce); the message deduplication argument of Kafka Streams',
  memory: '5 bits an input and group, and the ranges of unfinished transactions',
  example: [
    '{"kind":"history","version":1}',
    '{"timeMs":1,"kind":"send.invoke","actor":"p","lane":"i","seq":0}',
    '{"timeMs":2,"kind":"send.settled","actor":"p","lane":"i","seq":0,"outcome":"ok"}',
    '{"timeMs":3,"kind":"deliver","actor":"c","group":"g","lane":"i","seq":0}',
    '{"timeMs":4,"kind":"tx.read","actor":"c","transaction":"x","group":"g","lane":"i","seq":0}',
    '{"timeMs":5,"kind":"send.invoke","actor":"c","lane":"o","seq":0,"transaction":"x","inputLane":"i","inputSeq":0}',
    '{"timeMs":6,"kind":"send.settled","actor":"c","lane":"o","seq":0,"outcome":"ok"}',
    '{"timeMs":7,"kind":"tx.end.invoke","actor":"c","transaction":"x","end":"commit"}',
    '{"timeMs":8,"kind":"tx.end.settled","actor":"c","transaction":"x","end":"commit","outcome":"ok"}',
    '{"timeMs":9,"kind":"tx.read","actor":"c","transaction":"y","group":"g","lane":"i","seq":0}',
    '{"timeMs":10,"kind":"send.invoke","actor":"c","lane":"o","seq":1,"transaction":"y","inputLane":"i","inputSeq":0}',
    '{"timeMs":11,"kind":"send.settled","actor":"c","lane":"o","seq":1,"outcome":"ok"}',
    '{"timeMs":12,"kind":"tx.end.invoke","actor":"c","transaction":"y","end":"commit"}',
    '{"timeMs":13,"kind":"tx.end.settled","actor":"c","transaction":"y","end":"commit","outcome":"ok"}',
    '{"timeMs":14,"kind":"deliver","actor":"c","group":"g","lane":"o","seq":0}',
    '{"timeMs":15,"kind":"deliver","actor":"c","group":"g","lane":"o","seq":1}',
    '{"timeMs":90,"kind":"drain.complete","group":"g"}',
  ],
  applies: withTransactions,
  create: (state, seed) => new NotOnceCheck(state, seed),
};

/** What transactions made of the inputs of one group. */
class Applied {
  readonly once: Plane;
  readonly twice: Plane;
  /** Consumed by a committed transaction. */
  readonly consumed: Plane;
  /** An output of it was sent in a transaction, however that ended. */
  readonly derived: Plane;
  /** By scope: the furthest offset that a committed transaction carried. */
  readonly offsets = new Map<number, Position>();
  /** Whether outputs are known to be made from inputs for this group at all. */
  derives = false;

  constructor(state: MessageState) {
    this.once = new Plane(state.lanes);
    this.twice = new Plane(state.lanes);
    this.consumed = new Plane(state.lanes);
    this.derived = new Plane(state.lanes);
  }

  raise({ scope, position }: CarriedOffset): void {
    const known = this.offsets.get(scope);
    if (known === undefined || comparePositions(position, known) > 0) {
      this.offsets.set(scope, position);
    }
  }
}

/**
 * T4, applied other than once. Counts inputs for each group that consumes them: that another group applies
 * it, too, is its own business. One transaction may make any number of outputs from an input, and only a
 * commit answered ok counts. A transaction consumes what it reads (`tx.read`) and what an offset that it
 * carries covers, as far as places are remembered. Possible only: more than once, if the input itself is
 * stored twice (D4), or if nobody says for which of several groups it was applied; not at all, if no output
 * of it was ever sent, because an application may filter, or if the outcome of an output or of its commit
 * is not known.
 */
class NotOnceCheck implements Check {
  readonly listensTo = [EventKind.transactionEndSettled];
  readonly #state: MessageState;
  readonly #transactions: TransactionState;
  readonly #findings: Findings;
  /** By group, and last of transactions that name none. */
  readonly #applied: readonly Applied[];
  /** The group of transactions that name none. */
  readonly #nameless: number;
  /** An output of it may have been applied. */
  readonly #maybe: Plane;
  readonly #thisOne: Plane;

  constructor(state: MessageState, seed: number) {
    this.#state = state;
    this.#transactions = transactionsOf(state);
    this.#findings = new Findings('T4', state.lanes, seed);
    this.#applied = [...state.groups, undefined].map(() => new Applied(state));
    const roles = state.facts.groups.map(({ role }) => role);
    const isOnly = roles.indexOf('subscription') === roles.lastIndexOf('subscription');
    this.#nameless = isOnly ? roles.indexOf('subscription') : -1;
    this.#maybe = new Plane(state.lanes);
    this.#thisOne = new Plane(state.lanes);
  }

  fold(_event: EventRecord): void {
    const { ended } = this.#transactions;
    if (ended === undefined) return;
    this.#derive(ended);
    if (ended.outcome === 'committed') this.#commit(ended);
    else if (ended.isUnclear) this.#doubt(ended);
  }

  finish(): CheckResult {
    this.#transactions.close();
    for (const open of this.#transactions.open.values()) {
      this.#derive(open);
      if (open.isUnclear) this.#doubt(open);
    }
    let exposure = 0;
    this.#applied.forEach((applied, group) => {
      if (!applied.derives) return;
      if (group < this.#state.groups.length) this.#coverByOffsets(applied, group);
      exposure += this.#scan(applied, group);
    });
    return givenUp(this.#findings, this.#transactions) ?? this.#findings.result(exposure);
  }

  #appliedBy({ group }: Transaction): Applied | undefined {
    return this.#applied.at(group < 0 ? this.#nameless : group);
  }

  #derive(transaction: Transaction): void {
    const own = this.#appliedBy(transaction);
    const { derivations } = this.#transactions;
    derivations.each(transaction.derived, (_outLane, _outSeq, inLane, inSeq) => {
      if (own === undefined) return;
      own.derives = true;
      own.derived.set(inLane, inSeq);
    });
  }

  #commit(transaction: Transaction): void {
    const own = this.#appliedBy(transaction);
    if (own === undefined) return;
    const { derivations, reads } = this.#transactions;
    derivations.each(transaction.derived, (outLane, outSeq, inLane, inSeq) => {
      if (!this.#state.sends.ok.get(outLane, outSeq)) {
        this.#maybe.set(inLane, inSeq);
      } else if (this.#thisOne.set(inLane, inSeq) && !own.once.set(inLane, inSeq)) {
        own.twice.set(inLane, inSeq);
      }
    });
    derivations.each(transaction.derived, (_outLane, _outSeq, inLane, inSeq) => {
      this.#thisOne.clear(inLane, inSeq);
    });
    reads.each(transaction.reads, (lane, first, end, group) => {
      for (let seq = first; seq < end; seq += 1) this.#applied[group]?.consumed.set(lane, seq);
    });
    for (const offset of transaction.offsets) this.#applied[offset.group]?.raise(offset);
  }

  #doubt(transaction: Transaction): void {
    const { derivations } = this.#transactions;
    derivations.each(transaction.derived, (_outLane, _outSeq, inLane, inSeq) => {
      this.#maybe.set(inLane, inSeq);
    });
  }

  /** Inputs without a committed output that a committed offset has left behind. */
  #coverByOffsets({ offsets, derived, once, consumed }: Applied, group: number): void {
    const of = this.#state.groups[group];
    if (offsets.size === 0 || of?.places === undefined) return;
    const { places, seen } = of;
    this.#state.lanes.eachWord((lane, word) => {
      const open = derived.word(lane, word) & ~once.word(lane, word) & seen.word(lane, word);
      eachBit(open, word, (seq) => {
        for (const [scope, position] of offsets) {
          if (places.isBefore(lane, seq, scope, position) === true) consumed.set(lane, seq);
        }
      });
    });
  }

  /** @returns how many inputs of the group were applied or consumed */
  #scan(applied: Applied, number: number): number {
    const isCertain = number < this.#state.groups.length;
    const group = isCertain ? number : noGroup;
    const findings = this.#findings;
    let inputs = 0;
    this.#state.lanes.eachWord((lane, word) => {
      const once = applied.once.word(lane, word);
      const consumed = applied.consumed.word(lane, word);
      inputs += popcount32(once | consumed);
      const twice = applied.twice.word(lane, word);
      const excused = isCertain ? this.#state.stored2.word(lane, word) : -1;
      findings.possible += popcount32(twice & excused);
      eachBit(twice & ~excused, word, (seq) => {
        findings.add('more than once', lane, seq, group, notes.twice);
      });
      const none = consumed & ~once;
      const doubt = this.#maybe.word(lane, word) | ~applied.derived.word(lane, word);
      findings.possible += popcount32(none & doubt);
      eachBit(none & ~doubt, word, (seq) => {
        findings.add('not at all', lane, seq, group, notes.never);
      });
    });
    return inputs;
  }
}

const notes = {
  twice: 'outputs made from it stand in two committed transactions',
  never: 'consumed by a committed transaction, and no output of it was committed',
};
