import type { CheckId } from '../core/anomalies.ts';
import { EventKind, eventKindName, type EventRecord, noLane } from '../core/events.ts';
import type { WitnessRecord } from '../record/schema.ts';
import type { CheckResult, Culprit } from './check.ts';
import { type EventNames, nameOf } from './event-names.ts';
import { eventText } from './event-text.ts';

/** Shows every kept event of a history, in the order of time; the object may be reused. */
export type HistoryPass = (visit: (event: EventRecord) => void) => void;

export interface ZoomLimits {
  readonly witnessesPerCheck: number;
  readonly eventsPerWitness: number;
}

export const defaultZoomLimits: ZoomLimits = { witnessesPerCheck: 5, eventsPerWitness: 24 };

/** Events of one message kept while collecting: its first and its last ones. */
const firstKept = 24;
const lastKept = 8;
const contextKept = 4_096;

type MessageCulprit = Extract<Culprit, { readonly about: 'message' }>;

/** A lower rank is kept first when a witness has no room for all. */
interface Candidate {
  readonly rank: number;
  readonly order: number;
  readonly event: EventRecord;
}

/**
 * Second pass: for a bounded number of culprits of each check, the few events that prove the finding:
 * everything about the message, the first deliveries of its neighbours in the lane, what befell the actors
 * that had to do with it, and the faults. One pass over the history serves all culprits.
 */
export function zoom(
  results: readonly CheckResult[],
  history: HistoryPass,
  names: EventNames,
  limits: ZoomLimits = defaultZoomLimits,
): ReadonlyMap<CheckId, readonly WitnessRecord[]> {
  const chosen = results.flatMap((result) =>
    result.status === 'decided' && result.count > 0
      ? result.culprits
          .filter((culprit) => culprit.about === 'message')
          .slice(0, limits.witnessesPerCheck)
          .map((culprit) => ({ check: result.check, target: new Target(culprit) }))
      : [],
  );
  const byMessage = new TargetIndex();
  for (const { target } of chosen) byMessage.add(target);
  const context: Candidate[] = [];
  let order = 0;
  history((event) => {
    order += 1;
    byMessage.show(event, order);
    const rank = contextRank[event.kind];
    if (rank !== undefined && context.length < contextKept) {
      context.push({ rank, order, event: { ...event } });
    }
  });
  const witnesses = new Map<CheckId, WitnessRecord[]>();
  for (const { check, target } of chosen) {
    const made = witnesses.get(check) ?? [];
    made.push(target.witness(context, names, limits.eventsPerWitness));
    witnesses.set(check, made);
  }
  return witnesses;
}

const contextRank: Partial<Readonly<Record<EventKind, number>>> = {
  [EventKind.crashed]: 1,
  [EventKind.faultStarted]: 1,
  [EventKind.drainComplete]: 1,
  [EventKind.faultStopped]: 2,
  [EventKind.sessionOpened]: 2,
  [EventKind.sessionClosed]: 2,
  [EventKind.lost]: 2,
  [EventKind.revoked]: 2,
  [EventKind.assigned]: 3,
  [EventKind.seeked]: 2,
};

const neighbourRank = 1;
const messageRank = 0;

/** One culprit and what was collected for it. */
class Target {
  readonly culprit: MessageCulprit;
  readonly #first: Candidate[] = [];
  readonly #last: Candidate[] = [];
  readonly #neighbours: Candidate[] = [];
  readonly #neighboursSeen = new Set<number>();
  #total = 0;

  constructor(culprit: MessageCulprit) {
    this.culprit = culprit;
  }

  own(event: EventRecord, order: number): void {
    this.#total += 1;
    const candidate = { rank: messageRank, order, event: { ...event } };
    if (this.#first.length < firstKept) this.#first.push(candidate);
    else {
      this.#last.push(candidate);
      if (this.#last.length > lastKept) this.#last.shift();
    }
  }

  neighbour(event: EventRecord, order: number): void {
    if (event.kind !== EventKind.deliver || event.group !== this.culprit.group) return;
    if (this.#neighboursSeen.has(event.seq)) return;
    this.#neighboursSeen.add(event.seq);
    this.#total += 1;
    this.#neighbours.push({ rank: neighbourRank, order, event: { ...event } });
  }

  witness(context: readonly Candidate[], names: EventNames, limit: number): WitnessRecord {
    const own = [...this.#first, ...this.#last];
    const around = context.filter(({ event }) => this.#concerns(event, own));
    const total = this.#total + around.length;
    // Of many events of one message its beginning and its end prove most, so the middle goes first.
    const ranked = own.map((candidate, index) => {
      const isMiddle = index >= limit / 2 && index < own.length - limit / 6;
      return isMiddle ? { ...candidate, rank: 4 } : candidate;
    });
    const kept = [...ranked, ...this.#neighbours, ...around]
      .sort((a, b) => a.rank - b.rank || a.order - b.order)
      .slice(0, limit)
      .sort((a, b) => a.event.timeNs - b.event.timeNs || a.order - b.order);
    return {
      message: messageName(this.culprit.lane, this.culprit.seq, names),
      note: this.culprit.note,
      eventsTotal: total,
      events: kept.map(({ event }) => ({
        timeNs: event.timeNs,
        kind: eventKindName[event.kind],
        actor: names.actorName(event.actor),
        message:
          contextRank[event.kind] === undefined ? messageName(event.lane, event.seq, names) : '',
        text: eventText(event, names),
      })),
    };
  }

  /** Faults and drains concern everybody; what befell an actor only those messages that it touched. */
  #concerns(event: EventRecord, own: readonly Candidate[]): boolean {
    const since = own[0]?.event.timeNs ?? 0;
    const kind: number = event.kind;
    switch (kind) {
      case EventKind.faultStarted:
      case EventKind.faultStopped:
        return true;
      case EventKind.drainComplete:
        return event.group === this.culprit.group;
      case EventKind.crashed:
        return own.some((candidate) => candidate.event.actor === event.actor);
      case EventKind.sessionOpened:
      case EventKind.sessionClosed:
        return own.some((candidate) => candidate.event.session === event.session);
      default:
        return (
          event.timeNs >= since && own.some((candidate) => candidate.event.actor === event.actor)
        );
    }
  }
}

/** Finds targets by message and by neighbour, without making a string for each event. */
class TargetIndex {
  readonly #own = new Map<number, Map<number, Target[]>>();
  readonly #near = new Map<number, Map<number, Target[]>>();

  add(target: Target): void {
    const { lane, seq } = target.culprit;
    put(this.#own, lane, seq, target);
    if (lane === noLane) return;
    put(this.#near, lane, seq - 1, target);
    put(this.#near, lane, seq + 1, target);
  }

  show(event: EventRecord, order: number): void {
    if (contextRank[event.kind] !== undefined || event.kind === EventKind.phase) return;
    const { lane, seq } = event;
    this.#own
      .get(lane)
      ?.get(seq)
      ?.forEach((target) => target.own(event, order));
    this.#near
      .get(lane)
      ?.get(seq)
      ?.forEach((target) => target.neighbour(event, order));
  }
}

function put(
  index: Map<number, Map<number, Target[]>>,
  lane: number,
  seq: number,
  target: Target,
): void {
  const bySeq = index.get(lane) ?? new Map<number, Target[]>();
  index.set(lane, bySeq);
  const targets = bySeq.get(seq) ?? [];
  bySeq.set(seq, targets);
  targets.push(target);
}

function messageName(lane: number, seq: number, names: EventNames): string {
  return lane === noLane ? 'unreadable' : `${nameOf(names, 'lane', lane)}:${seq}`;
}
