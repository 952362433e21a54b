import {
  BindingCode,
  CorruptionCode,
  DeadLetterCause,
  emptyEvent,
  EventKind,
  type EventRecord,
  Flag,
  OutcomeCode,
  SettlementCode,
} from '../core/events.ts';
import { type Conversion, holderOf, messageOf, outcomeOf, placeOf, wholeMs } from './conversion.ts';
import type { EventLine, EventLineKind, EventLines } from './line-schema.ts';
import { LineProblem } from './line-problems.ts';

/** Fills in what one kind of line says beyond its time and actor. */
export type Convert<Line extends EventLine> = (
  line: Line,
  event: EventRecord,
  of: Conversion,
) => void;

export type Converters<Kinds extends EventLineKind> = {
  readonly [K in Kinds]: Convert<EventLines[K]>;
};

type Received = EventLines['deliver'] | EventLines['corrupt'];
type Settlement = EventLines['settle.invoke'] | EventLines['settle.settled'];

/** Lines about one message. */
export const messageLines = {
  'send.invoke': (line, event, of) => {
    event.kind = EventKind.sendInvoke;
    producerOf(line, event, of);
    of.sent.mark(event.lane);
    event.attempt = line.attempt ?? 1;
    event.ticket = line.ticket ?? of.open.begin(`send ${event.lane}:${event.seq}`);
    if (line.final === true) event.flags |= Flag.finalAttempt;
    if (line.intendedMs !== undefined) event.auxNs = of.times.ns(line.intendedMs);
    if (line.transaction !== undefined) {
      of.implied.transactions = true;
      event.ref = of.names.transactions.numberOf(line.transaction);
    }
    if ((line.inputLane === undefined) !== (line.inputSeq === undefined)) {
      throw new LineProblem('"inputLane" and "inputSeq" name one message and come together');
    }
    if (line.inputLane === undefined || line.inputSeq === undefined) return;
    event.flags |= Flag.derived;
    event.positionMajor = of.names.lanes.numberOf(line.inputLane);
    event.positionMinor = line.inputSeq;
  },
  'send.timed': (line, event, of) => {
    event.kind = EventKind.sendTimed;
    messageOf(of, event, line);
    timing(line, event, of);
  },
  'send.settled': (line, event, of) => {
    event.kind = EventKind.sendSettled;
    producerOf(line, event, of);
    if (line.final === true) event.flags |= Flag.finalAttempt;
    outcomeOf(of, event, line);
    placeOf(of, event, line.scope, line.position);
    if (line.position !== undefined) of.implied.places = true;
    event.attempt = line.attempt ?? 1;
    event.ref = line.wireAttempts ?? 0;
    event.ticket = line.ticket ?? of.open.end(`send ${event.lane}:${event.seq}`);
  },
  'send.returned': (line, event, of) => {
    event.kind = EventKind.sendReturned;
    producerOf(line, event, of);
    event.ticket = line.ticket ?? 0;
  },
  deliver: (line, event, of) => {
    event.kind = EventKind.deliver;
    messageOf(of, event, line);
    received(line, event, of);
  },
  corrupt: (line, event, of) => {
    event.kind = EventKind.corrupted;
    if ((line.lane === undefined) !== (line.seq === undefined)) {
      throw new LineProblem('"lane" and "seq" name one message and come together');
    }
    if (line.lane !== undefined && line.seq !== undefined) {
      messageOf(of, event, { lane: line.lane, seq: line.seq });
    }
    received(line, event, of);
    event.detail = CorruptionCode[line.part];
    if (line.part === 'attributes') of.implied.attributes = true;
  },
  'settle.invoke': (line, event, of) => {
    event.kind = EventKind.settleInvoke;
    settlement(line, event, of);
    event.ticket = line.ticket ?? of.open.begin(settlementKey(event));
  },
  'settle.settled': (line, event, of) => {
    event.kind = EventKind.settleSettled;
    settlement(line, event, of);
    outcomeOf(of, event, line);
    if (line.fenced === true) event.flags |= Flag.fenced;
    event.ticket = line.ticket ?? of.open.end(settlementKey(event));
  },
  'process.start': (line, event, of) => {
    event.kind = EventKind.processStart;
    messageOf(of, event, line);
    holderOf(of, event, line);
  },
  'process.done': (line, event, of) => {
    event.kind = EventKind.processDone;
    messageOf(of, event, line);
    holderOf(of, event, line);
  },
  'effect.applied': (line, event, of) => {
    event.kind = EventKind.effectApplied;
    messageOf(of, event, line);
    event.group = of.names.groups.numberOf(line.group);
    event.scope = of.names.sinks.numberOf(line.sink);
    event.outcome = OutcomeCode[line.outcome];
  },
  'sink.read': (line, event, of) => {
    event.kind = EventKind.sinkRead;
    messageOf(of, event, line);
    event.scope = of.names.sinks.numberOf(line.sink);
    event.ref = line.copies;
  },
  'dead-letter': (line, event, of) => {
    event.kind = EventKind.deadLettered;
    messageOf(of, event, line);
    event.group = of.names.groups.numberOf(line.group);
    event.detail = DeadLetterCause[line.cause];
    event.attempt = line.attempt ?? 0;
  },
  expire: (line, event, of) => {
    event.kind = EventKind.expired;
    messageOf(of, event, line);
    if (line.group !== undefined) event.group = of.names.groups.numberOf(line.group);
  },
  redrive: (line, event, of) => {
    event.kind = EventKind.redriven;
    messageOf(of, event, line);
    event.group = of.names.groups.numberOf(line.group);
  },
  bind: (line, event, of) => {
    event.kind = EventKind.bound;
    binding(line, event, of);
  },
  unbind: (line, event, of) => {
    event.kind = EventKind.unbound;
    binding(line, event, of);
  },
} satisfies Partial<Converters<EventLineKind>>;

function producerOf(
  line: EventLines['send.invoke'] | EventLines['send.settled'] | EventLines['send.returned'],
  event: EventRecord,
  of: Conversion,
): void {
  messageOf(of, event, line);
  if (line.session === undefined) return;
  event.session = of.names.sessionOf(line.actor, line.session, undefined);
}

function received(line: Received, event: EventRecord, of: Conversion): void {
  holderOf(of, event, line);
  placeOf(of, event, line.scope, line.position);
  if (line.position !== undefined) of.implied.places = true;
  event.attempt = line.attempt ?? 0;
  if (line.redelivered !== undefined) event.flags |= Flag.flagKnown;
  if (line.redelivered === true) event.flags |= Flag.redelivered;
  if (line.requestedMs !== undefined) {
    event.flags |= Flag.pulled;
    event.auxNs = of.times.ns(line.requestedMs);
  }
  event.ref = wholeMs(line.leaseMs ?? 0);
  if (event.ref > 0) of.implied.leases = true;
}

function settlement(line: Settlement, event: EventRecord, of: Conversion): void {
  messageOf(of, event, line);
  holderOf(of, event, line);
  event.detail = SettlementCode[line.how];
  event.ref = wholeMs(line.leaseMs ?? 0);
}

function settlementKey({ session, lane, seq, detail }: EventRecord): string {
  return `settle ${session} ${lane}:${seq} ${detail}`;
}

function binding(
  line: EventLines['bind'] | EventLines['unbind'],
  event: EventRecord,
  of: Conversion,
): void {
  event.group = of.names.groups.numberOf(line.group);
  const route = of.names.routes.find(String(line.route));
  if (route === undefined) {
    throw new LineProblem(`route ${JSON.stringify(line.route)} is not among the header's routes`);
  }
  event.ref = route;
  event.detail = BindingCode[line.stage];
}

interface Timing {
  readonly notBeforeMs?: number | undefined;
  readonly expiresMs?: number | undefined;
}

function timing(line: Timing, event: EventRecord, of: Conversion): void {
  of.implied.timed = true;
  event.auxNs = line.notBeforeMs === undefined ? -1 : of.times.ns(line.notBeforeMs);
  event.positionMajor = line.expiresMs === undefined ? -1 : of.times.ns(line.expiresMs);
}

/** The record of `send.timed` that follows a send with times of its own, or undefined. */
export function timingOf(
  line: EventLine,
  sent: EventRecord,
  of: Conversion,
): EventRecord | undefined {
  if (line.kind !== 'send.invoke') return undefined;
  if (line.notBeforeMs === undefined && line.expiresMs === undefined) return undefined;
  const { timeNs, actor, lane, seq } = sent;
  const event = { ...emptyEvent(), kind: EventKind.sendTimed, timeNs, actor, lane, seq };
  timing(line, event, of);
  return event;
}
