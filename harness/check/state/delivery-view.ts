import { type EventRecord, Flag } from '../../core/events.ts';
import type { GroupState } from './group-state.ts';
import { HoldFlag } from './in-flight.ts';
import type { MessageState } from './message-state.ts';
import type { SessionState } from './sessions.ts';
import type { PlaceRelation } from './windows.ts';

/**
 * A delivery may stand in the merged history before its send by the width of a tie; its bit is kept that
 * far ahead of the lane. Whatever lies further ahead allocates nothing.
 */
export const earlySeqs = 65_536;

/**
 * What a delivery was at the moment it arrived. One object, reused for every delivery.
 *
 * `copy` says which stored copy a repeated delivery showed: the `same`, a `second` one (a matter of D4
 * alone), or `either` when nobody can tell, which makes any finding about it possible only.
 */
export interface DeliveryView {
  /**
   * `foreign`: outside every lane or far beyond its end. `early`: not sent yet. `ignored`: of a
   * subscription that the cell does not have, which is noted as irregular.
   */
  status: 'foreign' | 'early' | 'ignored' | 'first' | 'repeat';
  lane: number;
  copy: 'same' | 'second' | 'either';
  /** It was taken for the same copy although a second one cannot be excluded. */
  maybeSecond: boolean;
  /** By this delivery the message is known to be stored twice, and was not before. */
  secondStored: boolean;
  /** The broker said that it handed this copy out before. */
  flagged: boolean;
  /** The broker says so where it is true, hence silence means a first delivery. */
  flagKnown: boolean;
  done: boolean;
  /** Not later than this it was settled. */
  doneLatestNs: number;
  /** In this session, exactly at `doneLatestNs`; -1 when it is not remembered. */
  doneSession: number;
  mayReturn: boolean;
  held: boolean;
  holderSession: number;
  /** When the holder's callback ran. */
  holderDeliveredNs: number;
  /** Something happened to the holder or the message that justifies this delivery. */
  holderCause: boolean;
  /** What is held is another copy than this one, whose holder has nothing to do with it. */
  holdsOther: boolean;
  /** Which delivery the broker called its holder's; attempt 0: it does not count. */
  heldAttempt: number;
  heldCalledFirst: boolean;
  /** The lease can have ended from this instant on; infinite without a lease. */
  leaseMayEndNs: number;
  /** The lease has certainly ended from this instant on. */
  leaseEndsNs: number;
  /** When the session of this delivery was known to be open; -1 while it is not. */
  sessionOpenedNs: number;
}

export function newDelivery(): DeliveryView {
  return {
    status: 'foreign',
    lane: -1,
    copy: 'same',
    maybeSecond: false,
    secondStored: false,
    flagged: false,
    flagKnown: false,
    done: false,
    doneLatestNs: 0,
    doneSession: -1,
    mayReturn: false,
    held: false,
    holderSession: -1,
    holderDeliveredNs: 0,
    holderCause: false,
    holdsOther: false,
    heldAttempt: 0,
    heldCalledFirst: false,
    leaseMayEndNs: Number.POSITIVE_INFINITY,
    leaseEndsNs: Number.POSITIVE_INFINITY,
    sessionOpenedNs: -1,
  };
}

/** What it is if the message was never seen before; its lane and its place are told elsewhere. */
export function tellFirst(view: DeliveryView, session: SessionState, event: EventRecord): void {
  view.status = 'first';
  view.copy = 'same';
  view.maybeSecond = false;
  view.secondStored = false;
  view.flagged = (event.flags & Flag.redelivered) !== 0 || event.attempt > 1;
  view.flagKnown = (event.flags & Flag.flagKnown) !== 0 || event.attempt > 0;
  view.sessionOpenedNs = session.openedNs;
}

/** Fills `state.delivery` for a message of S, and marks it seen. */
export function classifyDelivery(
  state: MessageState,
  group: GroupState,
  session: SessionState,
  event: EventRecord,
): void {
  const view = state.delivery;
  tellFirst(view, session, event);
  if (group.seen.set(view.lane, event.seq)) return;
  view.status = 'repeat';
  describeHolder(view, group, event.seq);
  view.done = group.done.get(view.lane, event.seq);
  if (view.done) {
    view.doneLatestNs = group.settledAt.latestNs(view.lane, event.seq);
    view.doneSession = group.settledAt.sessionOf(view.lane, event.seq);
    view.mayReturn = group.mayReturn.get(view.lane, event.seq);
  }
  tellCopy(state, group, event);
}

function describeHolder(view: DeliveryView, group: GroupState, seq: number): void {
  const { inFlight } = group;
  const entry = inFlight.find(view.lane, seq);
  view.held = entry >= 0;
  if (entry < 0) return;
  view.holderSession = inFlight.session[entry] ?? 0;
  const flags = inFlight.flags[entry] ?? 0;
  view.holderCause = (flags & HoldFlag.cause) !== 0;
  view.holderDeliveredNs = inFlight.deliveredNs[entry] ?? 0;
  view.holdsOther = (flags & HoldFlag.secondCopy) !== 0;
  view.heldAttempt = inFlight.attempt[entry] ?? 0;
  view.heldCalledFirst = (flags & HoldFlag.calledFirst) !== 0;
  view.leaseMayEndNs = inFlight.leaseMayEndNs[entry] ?? 0;
  view.leaseEndsNs = inFlight.leaseEndsNs[entry] ?? 0;
}

/**
 * Places decide. Without them, a copy that the broker declares new is a second stored one if the message
 * was sent more than once; if it was sent once, nothing but the broker can have repeated it, which is
 * then a matter of redelivery. A copy that it calls a redelivery may be either of two stored ones: what
 * happened to one is no reason against handing out the other again.
 */
function tellCopy(state: MessageState, group: GroupState, event: EventRecord): void {
  const view = state.delivery;
  const relation = relationOf(group, view.lane, event);
  view.holdsOther = relation === 'same' && view.held && view.holdsOther;
  if (relation === 'same') return;
  if (relation !== 'unknown') {
    view.copy = 'second';
    return;
  }
  const canBeTwo =
    state.sends.resent.get(view.lane, event.seq) || state.stored2.get(view.lane, event.seq);
  if (canBeTwo) view.copy = view.flagKnown && !view.flagged ? 'second' : 'either';
  else view.maybeSecond = !view.flagged;
}

function relationOf(group: GroupState, lane: number, event: EventRecord): PlaceRelation {
  if (group.places === undefined || (event.flags & Flag.placed) === 0) return 'unknown';
  const { seq, scope, positionMajor, positionMinor } = event;
  const { places, allPlaced } = group;
  return allPlaced
    ? places.relationOfKnown(lane, seq, scope, positionMajor, positionMinor)
    : places.relation(lane, seq, scope, positionMajor, positionMinor);
}
