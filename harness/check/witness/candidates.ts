import { EventKind, type EventRecord } from '../../core/events.ts';

/** An event that may stand in a witness; a lower rank is kept first when there is no room for all. */
export interface Candidate {
  readonly rank: number;
  /** Number of the event in its history, from 0. */
  readonly order: number;
  readonly event: EventRecord;
}

export const Rank = { own: 0, near: 1, middle: 4 } as const;

/** Events that concern more than one message, by how much they explain. */
export const contextRank: Partial<Readonly<Record<EventKind, number>>> = {
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

const mostOwn = 24;
const mostLast = 8;

/** Events of one culprit while they come: its first and its last ones. */
export class OwnEvents {
  readonly #first: Candidate[] = [];
  readonly #last: Candidate[] = [];
  total = 0;

  add(event: EventRecord, order: number): void {
    this.total += 1;
    const candidate = { rank: Rank.own, order, event: { ...event } };
    if (this.#first.length < mostOwn) this.#first.push(candidate);
    else {
      this.#last.push(candidate);
      if (this.#last.length > mostLast) this.#last.shift();
    }
  }

  list(): readonly Candidate[] {
    return [...this.#first, ...this.#last];
  }

  /** Of many events of one culprit its beginning and its end prove most, so the middle goes first. */
  ranked(limit: number): readonly Candidate[] {
    const own = this.list();
    return own.map((candidate, index) => {
      const isMiddle = index >= limit / 2 && index < own.length - limit / 6;
      return isMiddle ? { ...candidate, rank: Rank.middle } : candidate;
    });
  }
}

const mostAround = 12;

/** The last events up to an instant and the first ones after it. */
export class EventsAround {
  readonly #atNs: number;
  readonly #before: Candidate[] = [];
  readonly #after: Candidate[] = [];
  total = 0;

  constructor(atNs: number) {
    this.#atNs = atNs;
  }

  add(event: EventRecord, order: number): void {
    this.total += 1;
    if (event.timeNs > this.#atNs) {
      if (this.#after.length >= mostAround) return;
      const rank = Rank.own + this.#after.length / mostAround;
      this.#after.push({ rank, order, event: { ...event } });
      return;
    }
    this.#before.push({ rank: Rank.own, order, event: { ...event } });
    if (this.#before.length > mostAround) this.#before.shift();
  }

  /** The nearer to the instant, the sooner kept. */
  list(): readonly Candidate[] {
    const { length } = this.#before;
    const before = this.#before.map((candidate, at) => ({
      ...candidate,
      rank: Rank.own + (length - 1 - at) / mostAround,
    }));
    return [...before, ...this.#after];
  }
}
