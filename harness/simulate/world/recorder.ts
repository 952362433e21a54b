import { emptyEvent, type EventKind, type EventRecord } from '../../core/events.ts';
import type { Agenda } from './agenda.ts';

/** Writes the history: what the clients of the world see, in the order of its one clock. */
export class Recorder {
  readonly events: EventRecord[] = [];
  readonly #agenda: Agenda;
  #tickets = 0;
  #most = Number.POSITIVE_INFINITY;
  #whenLonger: () => void = () => {};

  constructor(agenda: Agenda) {
    this.#agenda = agenda;
  }

  write(kind: EventKind, fields: Partial<EventRecord>): void {
    this.events.push(Object.assign(emptyEvent(), fields, { kind, timeNs: this.#agenda.nowNs }));
    if (this.events.length > this.#most) this.#whenLonger();
  }

  /** @param act what is done with every event beyond so many */
  whenLongerThan(events: number, act: () => void): void {
    this.#most = events;
    this.#whenLonger = act;
  }

  /** A number for an operation that begins now and is answered later. */
  ticket(): number {
    this.#tickets += 1;
    return this.#tickets;
  }
}
