import type { Clock } from '../core/clock.ts';

/** Two readings that nothing came between are microseconds apart. */
const closeNs = 100e3;
const mostReadings = 50;
/** A date tells whole milliseconds that have passed. */
const withinMs = 0.5;

/** One instant on both clocks. */
export interface SameInstant {
  readonly monotonicNs: number;
  readonly wallMs: number;
  /** So far to either side may the two be apart. */
  readonly uncertainNs: number;
}

/**
 * Reads the wall clock between two readings of the monotonic one. A machine may stand still between any two of them:
 * it reads again until these are close, a bounded number of times, and takes the closest.
 */
export function readClocks(clock: Clock, wallClock: () => Date): SameInstant {
  let best = readOnce(clock, wallClock);
  for (let reading = 1; reading < mostReadings && best.apartNs > closeNs; reading += 1) {
    const again = readOnce(clock, wallClock);
    if (again.apartNs < best.apartNs) best = again;
  }
  const { beforeNs, apartNs, wallMs } = best;
  return {
    monotonicNs: beforeNs + apartNs / 2,
    wallMs: wallMs + withinMs,
    uncertainNs: apartNs / 2 + withinMs * 1e6,
  };
}

function readOnce(
  clock: Clock,
  wallClock: () => Date,
): { readonly beforeNs: number; readonly apartNs: number; readonly wallMs: number } {
  const beforeNs = clock.nowNs();
  const wallMs = wallClock().getTime();
  return { beforeNs, wallMs, apartNs: clock.nowNs() - beforeNs };
}
