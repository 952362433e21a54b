import {
  emptyEvent,
  type EventKind,
  type EventRecord,
  noGroup,
  noLane,
} from '../../core/events.ts';
import type { Agenda } from './agenda.ts';

/**
 * Whoever is told of what happens while it happens. The record is reused: copy what is kept.
 * @param count of the run that begins with the event, see `eachOfRun`
 */
export type Witness = (event: EventRecord, count: number) => void;

/** Writes the history: what the clients of the world see, in the order of its one clock. */
export class Recorder {
  readonly #agenda: Agenda;
  readonly #witness: Witness;
  readonly #event = emptyEvent();
  #events = 0;
  #tickets = 0;
  #most = Number.POSITIVE_INFINITY;
  #whenLonger: () => void = () => {};

  constructor(agenda: Agenda, witness: Witness) {
    this.#agenda = agenda;
    this.#witness = witness;
  }

  /** How many there are so far. */
  get events(): number {
    return this.#events;
  }

  /** An event that happens now, to be filled in and added before there is another: the record is always the same. */
  begin(kind: EventKind): EventRecord {
    const event = this.#event;
    blank(event);
    event.kind = kind;
    event.timeNs = this.#agenda.nowNs;
    return event;
  }

  add(event: EventRecord): void {
    this.addRun(event, 1);
  }

  /** So many events at once, from this one on: see `eachOfRun`. */
  addRun(event: EventRecord, count: number): void {
    this.#events += count;
    this.#witness(event, count);
    if (this.#events > this.#most) this.#whenLonger();
  }

  write(kind: EventKind, fields: Partial<EventRecord>): void {
    this.add(Object.assign(this.begin(kind), fields));
  }

  /** @param act what is done with every event beyond so many */
  whenLongerThan(events: number, act: () => void): void {
    this.#most = events;
    this.#whenLonger = act;
  }

  /** A number for an operation that begins now and is answered later; the first of so many, where several begin. */
  ticket(count = 1): number {
    this.#tickets += count;
    return this.#tickets - count + 1;
  }
}

/** As `emptyEvent`, but for kind and time. */
function blank(event: EventRecord): void {
  event.outcome = 0;
  event.flags = 0;
  event.detail = 0;
  event.actor = 0;
  event.group = noGroup;
  event.lane = noLane;
  event.seq = 0;
  event.ticket = 0;
  event.session = 0;
  event.positionMajor = 0;
  event.positionMinor = 0;
  event.code = 0;
  event.attempt = 0;
  event.auxNs = -1;
  event.scope = 0;
  event.ref = 0;
}
