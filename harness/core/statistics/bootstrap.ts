import type { Random } from '../random.ts';
import { median } from './median.ts';

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * 95 % percentile bootstrap of the median (Efron and Tibshirani, An Introduction to the Bootstrap, chapter
 * 13), the same for the same seed. Of five values it can hardly be narrower than from the least to the most.
 */
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
