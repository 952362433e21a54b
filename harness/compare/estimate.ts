import { randomFrom } from '../core/random.ts';
import { medianInterval } from '../core/statistics/bootstrap.ts';
import { median } from '../core/statistics/median.ts';
import type { Estimate } from '../record/comparison-schema.ts';

/** The same values give the same interval wherever it is made. */
const seed = 1;
const resamples = 2_000;

/** @param values one for each round, at least one */
export function estimateOf(values: readonly number[]): Estimate {
  const [only] = values;
  // Resamples of one value are that value.
  if (only !== undefined && values.length === 1) {
    return { rounds: 1, median: only, low: only, high: only };
  }
  const { low, high } = medianInterval(values, randomFrom(seed), resamples);
  return { rounds: values.length, median: median(values), low, high };
}
