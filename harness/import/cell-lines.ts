import {
  EventKind,
  type EventRecord,
  Flag,
  noEpoch,
  OutcomeCode,
  PhaseCode,
  ToleranceCode,
  TransactionEndCode,
} from '../core/events.ts';
import { type Conversion, holderOf, messageOf, outcomeOf, placeOf } from './conversion.ts';
import { LineProblem } from './line-problems.ts';
import type { EventLineKind, EventLines } from './line-schema.ts';
import type { Converters, messageLines } from './message-lines.ts';

type CellLineKind = Exclude<EventLineKind, keyof typeof messageLines>;

/** Lines about transactions, scopes, sessions and the cell as a whole. */
export const cellLines: Converters<CellLineKind> = {
  'tx.init': (line, event, of) => {
    event.kind = EventKind.transactionInit;
    of.implied.transactions = true;
    event.scope = of.names.transactionalIds.numberOf(line.transactionalId);
    event.seq = line.epoch;
    outcomeOf(of, event, line);
  },
  'tx.begin': (line, event, of) => {
    event.kind = EventKind.transactionBegin;
    transaction(line, event, of);
  },
  'tx.read': (line, event, of) => {
    event.kind = EventKind.transactionRead;
    of.implied.transactions = true;
    messageOf(of, event, line);
    event.group = of.names.groups.numberOf(line.group);
    event.ref = of.names.transactions.numberOf(line.transaction);
  },
  'tx.end.invoke': (line, event, of) => {
    event.kind = EventKind.transactionEndInvoke;
    transaction(line, event, of);
    event.detail = TransactionEndCode[line.end];
  },
  'tx.end.settled': (line, event, of) => {
    event.kind = EventKind.transactionEndSettled;
    transaction(line, event, of);
    event.detail = TransactionEndCode[line.end];
    outcomeOf(of, event, line);
  },
  'group.assigned': (line, event, of) => {
    event.kind = EventKind.assigned;
    assignment(line, event, of);
  },
  'group.revoked': (line, event, of) => {
    event.kind = EventKind.revoked;
    assignment(line, event, of);
  },
  'group.lost': (line, event, of) => {
    event.kind = EventKind.lost;
    assignment(line, event, of);
  },
  'commit.offset.invoke': (line, event, of) => {
    event.kind = EventKind.offsetCommitInvoke;
    offsetCommit(line, event, of);
    event.ticket = line.ticket ?? of.open.begin(offsetKey(event));
  },
  'commit.offset.settled': (line, event, of) => {
    event.kind = EventKind.offsetCommitSettled;
    offsetCommit(line, event, of);
    outcomeOf(of, event, line);
    event.ticket = line.ticket ?? of.open.end(offsetKey(event));
  },
  seek: (line, event, of) => {
    event.kind = EventKind.seeked;
    holderOf(of, event, line);
    placeOf(of, event, line.scope, line.position);
  },
  read: (line, event, of) => {
    event.kind = EventKind.read;
    holderOf(of, event, line);
    placeOf(of, event, line.scope, line.position);
    event.flags |= Flag.pulled;
    event.auxNs = of.times.ns(line.requestedMs);
  },
  'sink.complete': (line, event, of) => {
    event.kind = EventKind.sinkComplete;
    event.scope = of.names.sinks.numberOf(line.sink);
  },
  purge: (line, event, of) => {
    event.kind = EventKind.purged;
    event.group = of.names.groups.numberOf(line.group);
  },
  'scope.split': (line, event, of) => {
    event.kind = EventKind.scopeSplit;
    placeOf(of, event, line.scope, line.position);
    event.ref = of.names.scopes.numberOf(line.child);
  },
  'session.opened': (line, event, of) => {
    event.kind = EventKind.sessionOpened;
    if (line.group === undefined) of.names.joinGroups(line.actor, line.session);
    holderOf(of, event, line);
    event.ref = line.limit ?? 0;
  },
  'session.closed': (line, event, of) => {
    event.kind = EventKind.sessionClosed;
    if (line.group === undefined) [event.session = 0] = sessionsClosed(line, of);
    else holderOf(of, event, line);
  },
  crash: (_line, event) => {
    event.kind = EventKind.crashed;
  },
  'fault.start': (line, event, of) => {
    event.kind = EventKind.faultStarted;
    event.ref = of.names.beginFault(line.fault);
    if (line.tolerated === undefined) event.detail = ToleranceCode.unknown;
    else event.detail = line.tolerated ? ToleranceCode.tolerated : ToleranceCode.beyond;
  },
  'fault.stop': (line, event, of) => {
    event.kind = EventKind.faultStopped;
    const fault = of.names.endFault(line.fault);
    if (fault === undefined) {
      throw new LineProblem(`fault ${JSON.stringify(line.fault)} stops and never started`);
    }
    event.ref = fault;
    if (line.bit === undefined) event.outcome = OutcomeCode.none;
    else event.outcome = line.bit ? OutcomeCode.ok : OutcomeCode.fail;
  },
  phase: (line, event) => {
    event.kind = EventKind.phase;
    event.detail = PhaseCode[line.phase];
  },
  'drain.complete': (line, event, of) => {
    event.kind = EventKind.drainComplete;
    event.group = of.names.groups.numberOf(line.group);
  },
  clock: (line, event) => {
    event.kind = EventKind.clockSample;
    event.auxNs = line.wallMs * 1e6;
  },
};

/** By a line that names no group the session ends in every group. */
export function sessionsClosed(
  line: EventLines['session.closed'],
  { names }: Conversion,
): readonly number[] {
  return names.sessionsNamed(line.actor, line.session);
}

function transaction(
  line: EventLines['tx.begin'] | EventLines['tx.end.invoke'] | EventLines['tx.end.settled'],
  event: EventRecord,
  of: Conversion,
): void {
  of.implied.transactions = true;
  event.ref = of.names.transactions.numberOf(line.transaction);
  // A producer that names no transactional id has one of its own.
  event.scope = of.names.transactionalIds.numberOf(line.transactionalId ?? `${line.actor}`);
  event.seq = line.epoch ?? noEpoch;
}

function assignment(
  line: EventLines['group.assigned'] | EventLines['group.revoked'] | EventLines['group.lost'],
  event: EventRecord,
  of: Conversion,
): void {
  of.implied.assignments = true;
  holderOf(of, event, line);
  event.scope = of.names.scopes.numberOf(line.scope);
  event.ref = line.generation ?? 0;
}

function offsetCommit(
  line: EventLines['commit.offset.invoke'] | EventLines['commit.offset.settled'],
  event: EventRecord,
  of: Conversion,
): void {
  of.implied.offsets = true;
  holderOf(of, event, line);
  placeOf(of, event, line.scope, line.position);
  event.ref = line.generation ?? 0;
  if (line.transaction === undefined) return;
  of.implied.transactions = true;
  event.seq = of.names.transactions.numberOf(line.transaction);
}

function offsetKey({ session, scope, positionMajor, positionMinor }: EventRecord): string {
  return `offset ${session} ${scope} ${positionMajor}.${positionMinor}`;
}
