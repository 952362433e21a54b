import { EventKind, eventKindName, type EventRecord, noLane } from '../../core/events.ts';
import { isAboutMessage } from '../../core/message-kinds.ts';
import type { WitnessRecord } from '../../record/schema.ts';
import type { Culprit } from '../check.ts';
import { type EventNames, nameOf } from '../event-names.ts';
import { eventText } from '../event-text.ts';
import type { ActiveFaults } from './active-faults.ts';
import type { Candidate } from './candidates.ts';

/** What the whole pass collected for all witnesses. */
export interface Surroundings {
  readonly context: readonly Candidate[];
  readonly faults: ActiveFaults;
  readonly names: EventNames;
  /** Most events of one witness. */
  readonly limit: number;
}

/** One culprit and what was collected for it. */
export interface Target {
  witness(around: Surroundings): WitnessRecord;
}

/** A target that is not found by its message: it is shown every event. */
export interface WatchingTarget extends Target {
  show(event: EventRecord, order: number): void;
}

export interface Collected {
  readonly culprit: Culprit;
  readonly subject: string;
  /** Of the message that it is about; empty otherwise. */
  readonly message: string;
  /** Its own events, from which follows who else had to do with it. */
  readonly own: readonly EventRecord[];
  /** With their ranks; those of the surroundings are added. */
  readonly candidates: readonly Candidate[];
  /** How many there were before bounds. */
  readonly total: number;
  readonly neighbours: readonly string[];
}

const mostNamed = 8;

/** The few events that fit, in the order of time, and who had to do with them. */
export function witnessOf(of: Collected, surroundings: Surroundings): WitnessRecord {
  const { names, limit, faults } = surroundings;
  const { own } = of;
  const around = surroundings.context
    .filter(({ event }) => concerns(event, own, of.culprit))
    .filter(({ order }) => !of.candidates.some((candidate) => candidate.order === order));
  const kept = [...of.candidates, ...around]
    .toSorted((a, b) => a.rank - b.rank || a.order - b.order)
    .slice(0, limit)
    .toSorted((a, b) => a.event.timeNs - b.event.timeNs || a.order - b.order);
  const times = own.map(({ timeNs }) => timeNs);
  const [fromNs, toNs] =
    'atNs' in of.culprit
      ? [of.culprit.atNs, of.culprit.atNs]
      : [Math.min(...times), Math.max(...times)];
  return {
    message: of.message,
    subject: of.subject,
    note: of.culprit.note,
    writers: actorsOf(own, [EventKind.sendInvoke], names),
    readers: actorsOf(own, [EventKind.deliver, EventKind.corrupted, EventKind.read], names),
    neighbours: [...of.neighbours],
    faults: faults.during(fromNs, toNs, names).slice(0, mostNamed),
    eventsTotal: of.total + around.length,
    events: kept.map(({ event, order }) => ({
      timeNs: event.timeNs,
      kind: eventKindName[event.kind],
      actor: names.actorName(event.actor),
      message: isAboutMessage(event.kind) ? messageName(event.lane, event.seq, names) : '',
      text: eventText(event, names),
      origin: names.originOf?.(order) ?? '',
    })),
  };
}

export function messageName(lane: number, seq: number, names: EventNames): string {
  return lane === noLane ? 'unreadable' : `${nameOf(names, 'lane', lane)}:${seq}`;
}

function actorsOf(
  events: readonly EventRecord[],
  kinds: readonly EventKind[],
  names: EventNames,
): string[] {
  const actors = events.filter(({ kind }) => kinds.includes(kind)).map(({ actor }) => actor);
  return [...new Set(actors)].slice(0, mostNamed).map((actor) => names.actorName(actor));
}

/** Faults and drains concern everybody; what befell an actor only those events that it had a part in. */
function concerns(event: EventRecord, own: readonly EventRecord[], { group }: Culprit): boolean {
  const since = own[0]?.timeNs ?? 0;
  const kind: number = event.kind;
  switch (kind) {
    case EventKind.faultStarted:
    case EventKind.faultStopped:
      return true;
    case EventKind.drainComplete:
      return event.group === group;
    case EventKind.crashed:
      return own.some(({ actor }) => actor === event.actor);
    case EventKind.sessionOpened:
    case EventKind.sessionClosed:
      return own.some(({ session }) => session === event.session);
    default:
      return event.timeNs >= since && own.some(({ actor }) => actor === event.actor);
  }
}
