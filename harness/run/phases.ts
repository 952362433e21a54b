import type { Clock } from '../core/clock.ts';
import { emptyEvent, EventKind, PhaseCode } from '../core/events.ts';
import type { EventSink } from '../history/sink.ts';

export type Phase = keyof typeof PhaseCode;

export interface PhaseSpan {
  readonly name: Phase;
  readonly startNs: number;
  readonly endNs: number;
}

/** The phases of a cell, one after another, also as events of its history. */
export class Phases {
  readonly #clock: Clock;
  readonly #events: EventSink;
  readonly #onEnter: (phase: Phase) => void;
  readonly #starts: { readonly name: Phase; readonly startNs: number }[] = [];

  constructor(clock: Clock, events: EventSink, onEnter: (phase: Phase) => void) {
    this.#clock = clock;
    this.#events = events;
    this.#onEnter = onEnter;
  }

  enter(name: Phase): void {
    const startNs = this.#clock.nowNs();
    this.#starts.push({ name, startNs });
    const detail = PhaseCode[name];
    this.#events.append({ ...emptyEvent(), kind: EventKind.phase, timeNs: startNs, detail });
    this.#onEnter(name);
  }

  /** Each ends where the next begins; the last one has no length. */
  spans(): PhaseSpan[] {
    return this.#starts.map((phase, index) => ({
      ...phase,
      endNs: this.#starts[index + 1]?.startNs ?? phase.startNs,
    }));
  }
}
