import type { Random } from '../../harness/core/random.ts';

/** The middle value; of an even number, the mean of the two middle ones. Empty: NaN. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? Number.NaN) + upper) / 2;
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** 95 % percentile bootstrap of the median, the same for the same seed. */
export function medianInterval(
  values: readonly number[],
  random: Random,
  resamples = 10_000,
): Interval {
  const medians = Array.from({ length: resamples }, () =>
    median(values.map(() => values[random.below(values.length)] ?? Number.NaN)),
  ).sort((a, b) => a - b);
  return {
    low: medians[Math.floor(resamples * 0.025)] ?? Number.NaN,
    high: medians[Math.ceil(resamples * 0.975) - 1] ?? Number.NaN,
  };
}
