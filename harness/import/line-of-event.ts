import {
  CorruptionCode,
  DeadLetterCause,
  EventKind,
  eventKindName,
  type EventRecord,
  Flag,
  noLane,
  OutcomeCode,
  PhaseCode,
  ToleranceCode,
} from '../core/events.ts';
import {
  assignment,
  binding,
  flag,
  groupName,
  holder,
  type LineFields,
  message,
  msOf,
  nameAt,
  nameIn,
  offsetCommit,
  outcome,
  place,
  position,
  received,
  sent,
  settlement,
  transactional,
  transactionEnd,
  transactionName,
} from './line-fields.ts';
import type { HistoryNamesRecord } from './sidecar.ts';

/** One event as a line of the NDJSON format, which `eventsOfLine` makes the same event of. */
export function lineOfEvent(event: EventRecord, names: HistoryNamesRecord): LineFields {
  return {
    timeMs: event.timeNs / 1e6,
    kind: eventKindName[event.kind],
    actor: names.actors[event.actor] ?? `actor ${event.actor}`,
    ...writers[event.kind](event, names),
  };
}

type Write = (event: EventRecord, names: HistoryNamesRecord) => LineFields;

const writers: Readonly<Record<EventKind, Write>> = {
  [EventKind.sendInvoke]: (event, names) => ({
    ...sent(event, names),
    transaction: transactionName(event.ref, names),
    intendedMs: msOf(event.auxNs),
    ...((event.flags & Flag.derived) === 0
      ? {}
      : { inputLane: nameAt(names.lanes, event.positionMajor), inputSeq: event.positionMinor }),
  }),
  [EventKind.sendTimed]: (event, names) => ({
    ...message(event, names),
    notBeforeMs: msOf(event.auxNs),
    expiresMs: msOf(event.positionMajor),
  }),
  [EventKind.sendSettled]: (event, names) => ({
    ...sent(event, names),
    ...outcome(event, names),
    ...place(event, names),
    wireAttempts: event.ref || undefined,
  }),
  [EventKind.sendReturned]: (event, names) => ({
    ...message(event, names),
    ticket: event.ticket,
    session: event.session === 0 ? undefined : String(event.session),
  }),
  [EventKind.deliver]: received,
  [EventKind.corrupted]: (event, names) => ({
    ...received(event, names),
    ...(event.lane === noLane ? { lane: undefined, seq: undefined } : {}),
    part: nameIn(CorruptionCode, event.detail),
  }),
  [EventKind.settleInvoke]: settlement,
  [EventKind.settleSettled]: (event, names) => ({
    ...settlement(event, names),
    ...outcome(event, names),
    fenced: flag(event, Flag.fenced),
  }),
  [EventKind.processStart]: held,
  [EventKind.processDone]: held,
  [EventKind.transactionInit]: (event, names) => ({
    ...transactional(event, names),
    ...outcome(event, names),
  }),
  [EventKind.transactionBegin]: (event, names) => ({
    transaction: transactionName(event.ref, names),
    ...transactional(event, names),
  }),
  [EventKind.transactionRead]: (event, names) => ({
    transaction: transactionName(event.ref, names),
    group: groupName(event, names),
    ...message(event, names),
  }),
  [EventKind.transactionEndInvoke]: transactionEnd,
  [EventKind.transactionEndSettled]: (event, names) => ({
    ...transactionEnd(event, names),
    ...outcome(event, names),
  }),
  [EventKind.assigned]: assignment,
  [EventKind.revoked]: assignment,
  [EventKind.lost]: assignment,
  [EventKind.offsetCommitInvoke]: offsetCommit,
  [EventKind.offsetCommitSettled]: (event, names) => ({
    ...offsetCommit(event, names),
    ...outcome(event, names),
  }),
  [EventKind.seeked]: (event, names) => ({ ...holder(event, names), ...place(event, names) }),
  [EventKind.read]: (event, names) => ({
    ...holder(event, names),
    scope: nameAt(names.scopes, event.scope),
    position: position(event),
    requestedMs: msOf(event.auxNs),
  }),
  [EventKind.effectApplied]: (event, names) => ({
    group: groupName(event, names),
    ...message(event, names),
    sink: nameAt(names.sinks, event.scope),
    outcome: nameIn(OutcomeCode, event.outcome),
  }),
  [EventKind.sinkRead]: (event, names) => ({
    sink: nameAt(names.sinks, event.scope),
    ...message(event, names),
    copies: event.ref,
  }),
  [EventKind.sinkComplete]: (event, names) => ({ sink: nameAt(names.sinks, event.scope) }),
  [EventKind.deadLettered]: (event, names) => ({
    group: groupName(event, names),
    ...message(event, names),
    cause: nameIn(DeadLetterCause, event.detail),
    attempt: event.attempt || undefined,
  }),
  [EventKind.expired]: (event, names) => ({
    group: groupName(event, names),
    ...message(event, names),
  }),
  [EventKind.redriven]: (event, names) => ({
    group: groupName(event, names),
    ...message(event, names),
  }),
  [EventKind.purged]: (event, names) => ({ group: groupName(event, names) }),
  [EventKind.bound]: binding,
  [EventKind.unbound]: binding,
  [EventKind.scopeSplit]: (event, names) => ({
    scope: nameAt(names.scopes, event.scope),
    position: position(event),
    child: nameAt(names.scopes, event.ref),
  }),
  [EventKind.sessionOpened]: (event, names) => ({
    ...holder(event, names),
    limit: event.ref || undefined,
  }),
  [EventKind.sessionClosed]: holder,
  [EventKind.crashed]: () => ({}),
  [EventKind.faultStarted]: (event, names) => ({
    fault: nameAt(names.faults, event.ref),
    tolerated:
      event.detail === ToleranceCode.unknown ? undefined : event.detail === ToleranceCode.tolerated,
  }),
  [EventKind.faultStopped]: (event, names) => ({
    fault: nameAt(names.faults, event.ref),
    bit: event.outcome === OutcomeCode.none ? undefined : event.outcome === OutcomeCode.ok,
  }),
  [EventKind.phase]: (event) => ({ phase: nameIn(PhaseCode, event.detail) }),
  [EventKind.drainComplete]: (event, names) => ({ group: groupName(event, names) }),
  [EventKind.clockSample]: (event) => ({ wallMs: event.auxNs / 1e6 }),
};

function held(event: EventRecord, names: HistoryNamesRecord): LineFields {
  return { ...holder(event, names), ...message(event, names) };
}
