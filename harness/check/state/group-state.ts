import { type EventRecord, Flag } from '../../core/events.ts';
import type { GroupFacts } from '../../core/facts.ts';
import { Extensions } from './extensions.ts';
import { HoldFlag, InFlight } from './in-flight.ts';
import { type LaneTable, sentMask } from './lane-table.ts';
import { Plane } from './planes.ts';
import { AckWindow, type PlaceWindow } from './windows.ts';

/** What one subscription has seen of every message. */
export class GroupState {
  readonly seen: Plane;
  /**
   * Settled for good: the acknowledgement was answered or fenced; where none ever is (`ackReply: none`)
   * it was sent; where nothing settles (`automatic`) processing was done.
   */
  readonly done: Plane;
  /** Settled although a redelivery was justified by then: a later copy may be that one. */
  readonly mayReturn: Plane;
  readonly inFlight = new InFlight();
  readonly extensions = new Extensions(this.inFlight);
  readonly settledAt = new AckWindow();
  /** Made with the first place, as many engines have none. */
  places: PlaceWindow | undefined;
  /** Every delivery so far had its place remembered. */
  allPlaced = true;
  /** The latest event that could justify a redelivery of anything in this group. */
  lastCauseNs = Number.NEGATIVE_INFINITY;
  drained = false;
  /** When it was last said to be drained. */
  drainedNs = Number.NEGATIVE_INFINITY;
  /** It begins behind what is there, and has got nothing yet. */
  awaitsFirst: boolean;
  /** When it was last moved back, by a seek of its own wish. */
  soughtNs = Number.NEGATIVE_INFINITY;
  readonly #lanes: LaneTable;
  /** By lane: the seq after the highest one sent when the group was last drained. */
  #drainedNext: Float64Array = new Float64Array(0);

  /** By lane: the seq after the highest one that may have been sent before the group began. */
  #begunNext: Float64Array | undefined;

  constructor(lanes: LaneTable, facts: GroupFacts) {
    this.#lanes = lanes;
    this.awaitsFirst = facts.role === 'subscription' && facts.reset === 'latest';
    this.seen = new Plane(lanes);
    this.done = new Plane(lanes);
    this.mayReturn = new Plane(lanes);
  }

  /** Notes who holds the message now. @param flags of `HoldFlag`, what is known of the hold already */
  hold(lane: number, event: EventRecord, notBeforeNs: number, flags: number): void {
    const entry = this.inFlight.open(lane, event.seq);
    if (entry < 0) return;
    if (flags !== 0) this.#mark(entry, flags);
    this.extensions.forget(lane, event.seq);
    const isPulled = (event.flags & Flag.pulled) !== 0;
    const leaseNs = event.ref > 0 ? event.ref * 1e6 : Number.POSITIVE_INFINITY;
    this.inFlight.actor[entry] = event.actor;
    this.inFlight.session[entry] = event.session;
    this.inFlight.deliveredNs[entry] = event.timeNs;
    // The lease began when the broker handed the message out: at the latest when the callback ran.
    this.inFlight.leaseMayEndNs[entry] = (isPulled ? event.auxNs : notBeforeNs) + leaseNs;
    this.inFlight.leaseEndsNs[entry] = event.timeNs + leaseNs;
    this.inFlight.attempt[entry] = event.attempt;
    if (callsItFirst(event)) this.#mark(entry, HoldFlag.calledFirst);
  }

  /** The message is settled. @returns false when it was settled before */
  settle(lane: number, seq: number, timeNs: number, session: number): boolean {
    if (!this.done.set(lane, seq)) return false;
    const entry = this.inFlight.find(lane, seq);
    if (entry >= 0 && this.#couldReturn(entry, timeNs)) this.mayReturn.set(lane, seq);
    this.release(lane, seq);
    this.settledAt.remember(lane, seq, timeNs, session);
    return true;
  }

  /** Nobody holds the message any more. */
  release(lane: number, seq: number): void {
    this.inFlight.remove(lane, seq);
    this.extensions.forget(lane, seq);
  }

  seek(timeNs: number): void {
    this.soughtNs = timeNs;
  }

  /** Its first consumer is there: it begins not much later, or with its first delivery. */
  prepared(): void {
    if (this.awaitsFirst) this.#begunNext ??= this.#lanes.nexts();
  }

  /** What was sent before its first delivery may have stood before its beginning. */
  began(): void {
    this.awaitsFirst = false;
    this.#begunNext = this.#lanes.nexts();
  }

  /** Bits of `word` that the group need not have, because it may have begun behind them. */
  beforeBeginWord(lane: number, word: number): number {
    return this.#begunNext === undefined ? 0 : sentMask(this.#begunNext[lane] ?? 0, word);
  }

  /** A drain proves nothing about what is sent after it. */
  drain(timeNs: number): void {
    this.drained = true;
    this.drainedNs = timeNs;
    this.#drainedNext = this.#lanes.nexts();
  }

  /** Bits of `word` that a drain can prove to be missing: sent before the last one. */
  drainedWord(lane: number, word: number): number {
    return sentMask(this.#drainedNext[lane] ?? 0, word);
  }

  /** A redelivery of what these hold is justified from now on. */
  cause(timeNs: number, whose: 'actor' | 'session' | 'anybody', who: number): void {
    this.lastCauseNs = timeNs;
    const { inFlight } = this;
    inFlight.each((entry) => {
      if (whose === 'actor' && inFlight.actor[entry] !== who) return;
      if (whose === 'session' && inFlight.session[entry] !== who) return;
      this.markCause(entry);
    });
  }

  markCause(entry: number): void {
    this.#mark(entry, HoldFlag.cause);
  }

  markSettling(entry: number): void {
    this.#mark(entry, HoldFlag.settling);
  }

  bytes(): number {
    return (
      this.seen.bytes() +
      this.done.bytes() +
      this.mayReturn.bytes() +
      this.inFlight.bytes() +
      this.settledAt.bytes() +
      (this.places?.bytes() ?? 0)
    );
  }

  markRejecting(entry: number): void {
    this.#mark(entry, HoldFlag.rejecting);
  }

  #mark(entry: number, flag: number): void {
    this.inFlight.flags[entry] = (this.inFlight.flags[entry] ?? 0) | flag;
  }

  #couldReturn(entry: number, timeNs: number): boolean {
    const hasCause = ((this.inFlight.flags[entry] ?? 0) & HoldFlag.cause) !== 0;
    return hasCause || timeNs >= (this.inFlight.leaseMayEndNs[entry] ?? 0);
  }
}

/** The broker says where a copy was delivered before, and of this one it does not. */
export function callsItFirst({ flags, attempt }: EventRecord): boolean {
  if ((flags & Flag.redelivered) !== 0 || attempt > 1) return false;
  return (flags & Flag.flagKnown) !== 0 || attempt === 1;
}
