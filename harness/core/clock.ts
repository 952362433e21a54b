/**
 * One clock for a run: nanoseconds since the run's origin on the host's monotonic clock.
 * Threads share the origin (a bigint of `process.hrtime.bigint()`), so their events compare directly;
 * `performance.now()` has an origin per thread and must not be used for events.
 */
export interface Clock {
  /** Nanoseconds since the origin; a double holds 104 days of them exactly. */
  nowNs(): number;
}

export type MonotonicSource = () => bigint;

export function clockFrom(source: MonotonicSource, originNs: bigint): Clock {
  return { nowNs: () => Number(source() - originNs) };
}
