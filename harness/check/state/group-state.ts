import { type EventRecord, Flag } from '../../core/events.ts';
import { HoldFlag, InFlight } from './in-flight.ts';
import { type LaneCount, Plane } from './planes.ts';
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
  readonly settledAt = new AckWindow();
  /** Made with the first place, as many engines have none. */
  places: PlaceWindow | undefined;
  /** Every delivery so far had its place remembered. */
  allPlaced = true;
  /** The latest event that could justify a redelivery of anything in this group. */
  lastCauseNs = Number.NEGATIVE_INFINITY;
  drained = false;

  constructor(lanes: LaneCount) {
    this.seen = new Plane(lanes);
    this.done = new Plane(lanes);
    this.mayReturn = new Plane(lanes);
  }

  /** Notes who holds the message now. */
  hold(lane: number, event: EventRecord, notBeforeNs: number, isCrashed: boolean): void {
    const entry = this.inFlight.open(lane, event.seq);
    if (entry < 0) return;
    const pulled = (event.flags & Flag.pulled) !== 0;
    this.inFlight.actor[entry] = event.actor;
    this.inFlight.session[entry] = event.session;
    this.inFlight.leaseMs[entry] = event.ref;
    this.inFlight.deliveredNs[entry] = event.timeNs;
    this.inFlight.earliestNs[entry] = pulled ? event.auxNs : notBeforeNs;
    if (isCrashed) this.markCause(entry);
  }

  /** The message is settled. @returns false when it was settled before */
  settle(lane: number, seq: number, timeNs: number, session: number): boolean {
    if (!this.done.set(lane, seq)) return false;
    const entry = this.inFlight.find(lane, seq);
    if (entry >= 0 && this.#couldReturn(entry, timeNs)) this.mayReturn.set(lane, seq);
    this.inFlight.remove(lane, seq);
    this.settledAt.remember(lane, seq, timeNs, session);
    return true;
  }

  markCause(entry: number): void {
    this.inFlight.flags[entry] = (this.inFlight.flags[entry] ?? 0) | HoldFlag.cause;
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

  #couldReturn(entry: number, timeNs: number): boolean {
    if (((this.inFlight.flags[entry] ?? 0) & HoldFlag.cause) !== 0) return true;
    const leaseNs = (this.inFlight.leaseMs[entry] ?? 0) * 1e6;
    return leaseNs > 0 && timeNs >= (this.inFlight.earliestNs[entry] ?? 0) + leaseNs;
  }
}
