import { emptyEvent, type EventKind, type EventRecord } from '../../core/events.ts';
import type { Agenda } from './agenda.ts';

/** Writes the history: what the clients of the world see, in the order of its one clock. */
export class Recorder {
  readonly events: EventRecord[] = [];
  readonly #agenda: Agenda;
  #tickets = 0;

  constructor(agenda: Agenda) {
    this.#agenda = agenda;
  }

  write(kind: EventKind, fields: Partial<EventRecord>): void {
    this.events.push(Object.assign(emptyEvent(), fields, { kind, timeNs: this.#agenda.nowNs }));
  }

  /** A number for an operation that begins now and is answered later. */
  ticket(): number {
    this.#tickets += 1;
    return this.#tickets;
  }
}
