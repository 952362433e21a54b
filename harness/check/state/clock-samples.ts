import type { EventRecord } from '../../core/events.ts';
import type { Irregularities } from './irregularities.ts';

/** What reading two clocks one after the other may cost, and what clocks may drift apart. */
const allowedNs = 50e6;
const allowedDrift = 0.001;

interface Sample {
  readonly timeNs: number;
  readonly otherNs: number;
}

/**
 * Compares how far two clocks advance, the history's and the one that `clock` events read. Where they part,
 * one of them was stepped, and no order of events can be trusted that rests on it. Each actor has a second
 * clock of its own; it is compared with its last reading, for one step, and with its first, for many.
 */
export class ClockSamples {
  readonly #irregularities: Irregularities;
  readonly #ofActor = new Map<number, { readonly first: Sample; last: Sample }>();

  constructor(irregularities: Irregularities) {
    this.#irregularities = irregularities;
  }

  fold({ actor, timeNs, auxNs }: EventRecord): void {
    const now = { timeNs, otherNs: auxNs };
    const known = this.#ofActor.get(actor);
    if (known === undefined) {
      this.#ofActor.set(actor, { first: now, last: now });
      return;
    }
    this.#compare(known.last, now);
    if (known.first !== known.last) this.#compare(known.first, now);
    known.last = now;
  }

  #compare(before: Sample, now: Sample): void {
    const elapsedNs = now.timeNs - before.timeNs;
    const stepNs = now.otherNs - before.otherNs - elapsedNs;
    if (Math.abs(stepNs) <= allowedNs + elapsedNs * allowedDrift) return;
    const from = `${(before.timeNs / 1e9).toFixed(3)} s`;
    const to = `${(now.timeNs / 1e9).toFixed(3)} s`;
    const step = `${Math.round(stepNs / 1e6)} ms`;
    this.#irregularities.note('clock', `a clock was stepped by ${step} between ${from} and ${to}`);
  }
}
