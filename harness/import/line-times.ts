import { LineProblem } from './line-problems.ts';

/** Doubles count nanoseconds exactly for 104 days; half of that leaves room for what follows. */
const mostExactMs = 4.5e9;
const beforeFirstMs = 3_600_000;

/**
 * Turns the milliseconds of a history into nanoseconds. Wall-clock times are too large for exact
 * nanoseconds: then an hour before the first event is where the counting starts, and an instant before
 * that counts as that instant.
 */
export class LineTimes {
  readonly originMs: number;

  /** @param firstMs time of the history's first event */
  constructor(firstMs: number) {
    this.originMs = firstMs > mostExactMs ? Math.floor(firstMs) - beforeFirstMs : 0;
  }

  ns(timeMs: number): number {
    const ns = Math.max(0, Math.round((timeMs - this.originMs) * 1e6));
    if (Number.isSafeInteger(ns)) return ns;
    throw new LineProblem(`${timeMs} ms is more than 104 days after the first event`);
  }
}
