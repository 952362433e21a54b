import { invariant } from '../../core/errors.ts';
import { firstAfter } from '../arrivals/first-after.ts';

/** The place that a uniform number in [0, 1) chooses, each as often as its weight among all weights. */
export type Choice = (unit: number) => number;

/** By the sums of the weights and a binary search. */
export function weightedChoice(weights: readonly number[]): Choice {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  invariant(total > 0, 'something has a weight');
  const ends = new Float64Array(weights.length);
  let sum = 0;
  for (const [place, weight] of weights.entries()) {
    sum += weight;
    ends[place] = sum / total;
  }
  const last = weights.findLastIndex((weight) => weight > 0);
  return (unit) => Math.min(last, firstAbove(ends, unit));
}

/** Where an end equals the number, the next place has it: a place without weight is never chosen. */
function firstAbove(ends: Float64Array, unit: number): number {
  let place = firstAfter(ends, ends.length, unit);
  while (place < ends.length && (ends[place] as number) <= unit) place += 1;
  return place;
}
