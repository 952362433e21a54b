import {
  EventKind,
  type EventRecord,
  Flag,
  noEpoch,
  OutcomeCode,
  TransactionEndCode,
} from '../../core/events.ts';
import { DerivationPool } from './derivation-pool.ts';
import { HeldTransactions } from './held-transactions.ts';
import type { MessageState } from './message-state.ts';
import { Plane } from './planes.ts';
import { RangePool } from './range-pool.ts';
import type { StatePart } from './state-part.ts';
import { Transaction } from './transaction.ts';
import { abortConsumption, beginSettling, settleConsumption } from './transaction-consumption.ts';

/** Unfinished transactions that are followed; of more than these the oldest is given up. */
const mostOpen = 1 << 16;

/** The newest epoch of a transactional id whose `tx.init` was answered ok. */
export interface NewestEpoch {
  readonly epoch: number;
  readonly timeNs: number;
}

/**
 * What is known of transactions and of the messages that were sent in them. A message belongs to every
 * transaction that one of its attempts was sent in: `several` and `outside` tell those that more than one
 * attempt can have made visible, and nothing is proved about them that another attempt could excuse.
 */
export class TransactionState implements StatePart {
  readonly listensTo: readonly EventKind[];
  /** Some attempt was sent in a transaction; in more than one; and some attempt outside of any. */
  readonly written: Plane;
  readonly several: Plane;
  readonly outside: Plane;
  /** Of a transaction whose commit was requested; answered ok; whose abort was answered ok, or all commits refused. */
  readonly requested: Plane;
  readonly committed: Plane;
  readonly aborted: Plane;
  /** Of a transaction whose commit was requested and never answered for certain; whole after `close`. */
  readonly unclear: Plane;
  /** Consumed by a transaction that wrote it. */
  readonly own: Plane;
  /** By group: handed out before the commit of any of its transactions was requested. */
  readonly early: readonly Plane[];
  readonly writes = new RangePool();
  readonly reads = new RangePool();
  readonly derivations = new DerivationPool();
  readonly open = new Map<number, Transaction>();
  readonly held: HeldTransactions;
  /** By transactional id. */
  readonly newest = new Map<number, NewestEpoch>();
  /** The transaction that the event being folded ended for good, with all its lists. */
  ended: Transaction | undefined;
  /** Transactions that were given up before they ended. */
  dropped = 0;
  /** Its commit was requested at the very instant of an early delivery: nothing tells which was first. */
  readonly tied: Plane;
  readonly #state: MessageState;
  #lastEarlyNs = -1;
  #isClosed = false;

  constructor(state: MessageState) {
    const { lanes, facts } = state;
    this.#state = state;
    const plane = (): Plane => new Plane(lanes);
    [this.written, this.several, this.outside] = [plane(), plane(), plane()];
    [this.requested, this.committed, this.aborted] = [plane(), plane(), plane()];
    [this.unclear, this.own, this.tied] = [plane(), plane(), plane()];
    this.early = state.groups.map(plane);
    this.held = new HeldTransactions(state, this);
    this.listensTo = [
      ...(facts.transactions === 'read-committed' ? [EventKind.deliver] : []),
      ...(facts.transactions === 'none' ? [] : transactionKinds),
    ];
  }

  fold(event: EventRecord): void {
    if (this.ended !== undefined) this.#releaseEnded(this.ended);
    const kind: number = event.kind;
    switch (kind) {
      case EventKind.deliver:
        return this.#deliver(event);
      case EventKind.sendInvoke:
        return this.#send(event);
      case EventKind.transactionBegin:
        return this.#begin(event);
      case EventKind.transactionRead:
        return this.#read(event);
      case EventKind.transactionInit:
        return this.#init(event);
      case EventKind.transactionEndInvoke:
        return this.#endInvoked(event);
      case EventKind.transactionEndSettled:
        return this.#endSettled(event);
      default:
        return this.#offsetSettled(event);
    }
  }

  /** To be called once the history is complete, by whoever comes first. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (this.ended !== undefined) this.#releaseEnded(this.ended);
    for (const transaction of this.open.values()) {
      if (transaction.isUnclear) this.mark(this.unclear, transaction);
      else if (transaction.asked) this.mark(this.aborted, transaction);
    }
  }

  mark(plane: Plane, transaction: Transaction): void {
    this.writes.each(transaction.writes, (lane, first, end) => {
      for (let seq = first; seq < end; seq += 1) plane.set(lane, seq);
    });
  }

  /** Bits of the word whose messages only this project's own retries could have made visible twice. */
  sharedWord(lane: number, word: number): number {
    return this.several.word(lane, word) | this.outside.word(lane, word);
  }

  /** Certainly aborted, whatever attempt one looks at; valid after `close`. */
  abortedWord(lane: number, word: number): number {
    const certain = this.aborted.word(lane, word) & ~this.unclear.word(lane, word);
    return certain & ~this.committed.word(lane, word) & ~this.outside.word(lane, word);
  }

  bytes(): number {
    const { written, several, outside, requested, committed, aborted, unclear, own, tied } = this;
    const planes = [written, several, outside, requested, committed, aborted, unclear, own, tied];
    return [...planes, ...this.early, this.writes, this.reads, this.derivations].reduce(
      (sum, part) => sum + part.bytes(),
      (this.open.size + this.held.size) * 200,
    );
  }

  #deliver({ group, seq, timeNs }: EventRecord): void {
    const { status, lane } = this.#state.delivery;
    if (status !== 'first' && status !== 'repeat') return;
    if (!this.written.get(lane, seq)) return;
    if (this.requested.get(lane, seq) || this.outside.get(lane, seq)) return;
    if (this.early[group]?.set(lane, seq) === true) this.#lastEarlyNs = timeNs;
  }

  #send(event: EventRecord): void {
    const { lane, seq, ref } = event;
    const index = this.#state.lanes.indexOf(lane);
    if (index < 0) return;
    if (ref === 0) {
      if (this.written.get(index, seq)) this.outside.set(index, seq);
      return;
    }
    const transaction = this.#of(event);
    const isOfIt = this.writes.has(transaction.writes, index, seq);
    transaction.writes = this.writes.add(transaction.writes, index, seq, 0);
    if (transaction.asked) this.requested.set(index, seq);
    if (!this.written.set(index, seq)) {
      if (!isOfIt) this.several.set(index, seq);
    } else if (this.#state.sends.resent.get(index, seq)) this.outside.set(index, seq);
    if ((event.flags & Flag.derived) === 0) return;
    const input = this.#state.lanes.indexOf(event.positionMajor);
    const inSeq = event.positionMinor;
    if (input < 0 || inSeq >= this.#state.lanes.nextOf(input)) return;
    const { derived } = transaction;
    transaction.derived = this.derivations.add(derived, index, seq, input, inSeq);
  }

  #begin(event: EventRecord): void {
    const transaction = this.#of(event);
    transaction.producer = event.scope;
    transaction.epoch = event.seq;
  }

  #read(event: EventRecord): void {
    const index = this.#state.lanes.indexOf(event.lane);
    if (index < 0 || event.seq >= this.#state.lanes.nextOf(index)) return;
    const transaction = this.#of(event);
    if (transaction.group < 0) transaction.group = event.group;
    transaction.reads = this.reads.add(transaction.reads, index, event.seq, event.group);
    if (this.writes.has(transaction.writes, index, event.seq)) this.own.set(index, event.seq);
  }

  #init({ scope, seq: epoch, outcome, timeNs }: EventRecord): void {
    if (outcome !== OutcomeCode.ok) return;
    const known = this.newest.get(scope);
    if (known === undefined || epoch >= known.epoch) this.newest.set(scope, { epoch, timeNs });
    for (const transaction of this.open.values()) {
      if (transaction.producer !== scope || transaction.fenced) continue;
      transaction.fenced = true;
      abortConsumption(this.#state, this.reads, transaction.reads, timeNs);
    }
  }

  #offsetSettled(event: EventRecord): void {
    if (event.seq === 0 || event.outcome !== OutcomeCode.ok) return;
    const transaction = this.#of({ ...event, ref: event.seq });
    const { group, scope, positionMajor: major, positionMinor: minor } = event;
    if (transaction.group < 0) transaction.group = group;
    const carried = { group, scope, position: { major, minor } };
    const known = transaction.offsets.findIndex((of) => of.group === group && of.scope === scope);
    if (known < 0) transaction.offsets.push(carried);
    else transaction.offsets[known] = carried;
  }

  #endInvoked(event: EventRecord): void {
    const transaction = this.#of(event);
    if (transaction.producer < 0) {
      transaction.producer = event.scope;
      transaction.epoch = event.seq;
    }
    if (event.detail !== TransactionEndCode.commit) {
      return abortConsumption(this.#state, this.reads, transaction.reads, event.timeNs);
    }
    transaction.askedOpen += 1;
    beginSettling(this.#state, this.reads, transaction.reads);
    if (transaction.asked) return;
    transaction.asked = true;
    if (this.#lastEarlyNs === event.timeNs) this.mark(this.tied, transaction);
    this.mark(this.requested, transaction);
  }

  #endSettled(event: EventRecord): void {
    const transaction = this.open.get(event.ref);
    if (transaction === undefined) return;
    const isCommit = event.detail === TransactionEndCode.commit;
    if (event.outcome === OutcomeCode.ok) return this.#end(transaction, isCommit, event.timeNs);
    if (!isCommit) return;
    transaction.askedOpen = Math.max(0, transaction.askedOpen - 1);
    if (event.outcome !== OutcomeCode.fail) transaction.askedUnknown = true;
  }

  #end(transaction: Transaction, isCommit: boolean, timeNs: number): void {
    this.open.delete(transaction.id);
    this.ended = transaction;
    transaction.outcome = isCommit ? 'committed' : 'aborted';
    if (isCommit) {
      this.mark(this.requested, transaction);
      this.mark(this.committed, transaction);
      settleConsumption(this.#state, this.reads, transaction, timeNs);
      return;
    }
    this.mark(this.aborted, transaction);
    if (transaction.isUnclear) this.mark(this.unclear, transaction);
  }

  #releaseEnded(transaction: Transaction): void {
    this.ended = undefined;
    this.reads.release(transaction.reads);
    this.derivations.release(transaction.derived);
    [transaction.reads, transaction.derived] = [-1, -1];
    if (transaction.outcome === 'committed') this.held.add(transaction);
    else this.writes.release(transaction.writes);
  }

  /** The transaction that the event is of; one that nobody began begins with its first event. */
  #of({ ref, actor, timeNs }: EventRecord): Transaction {
    const known = this.open.get(ref);
    if (known !== undefined) return known;
    if (this.open.size >= mostOpen) this.#drop();
    const transaction = new Transaction(ref, -1 - actor, noEpoch, actor, timeNs);
    this.open.set(ref, transaction);
    return transaction;
  }

  /** Gives the oldest up: whatever becomes of its messages proves nothing any more. */
  #drop(): void {
    for (const oldest of this.open.values()) {
      this.dropped += 1;
      this.open.delete(oldest.id);
      this.mark(this.requested, oldest);
      this.mark(this.unclear, oldest);
      this.writes.release(oldest.writes);
      this.reads.release(oldest.reads);
      this.derivations.release(oldest.derived);
      return;
    }
  }
}

const transactionKinds: readonly EventKind[] = [
  EventKind.sendInvoke,
  EventKind.transactionInit,
  EventKind.transactionBegin,
  EventKind.transactionRead,
  EventKind.transactionEndInvoke,
  EventKind.transactionEndSettled,
  EventKind.offsetCommitSettled,
];

const make = (state: MessageState): TransactionState => new TransactionState(state);

/** The transactions of a cell, shared by all checks that ask for them in their `create`. */
export function transactionsOf(state: MessageState): TransactionState {
  return state.part(make);
}
