/**
 * The Mann–Whitney U test of two independent samples (Mann and Whitney, On a test of whether one of two
 * random variables is stochastically larger than the other, 1947). It assumes no distribution, which
 * latencies do not follow anyway.
 */
import { upperTail } from './normal.ts';

/** Up to so many values together the distribution is counted, beyond it is approximated. */
const exactValues = 40;

/**
 * The two-sided p-value of "both samples come from one distribution". Counted exactly, ties included, as a
 * permutation test of the rank sum up to 40 values together; beyond that the normal approximation with
 * correction for ties and continuity. An empty sample decides nothing: 1.
 */
export function mannWhitney(a: readonly number[], b: readonly number[]): number {
  if (a.length === 0 || b.length === 0) return 1;
  const ranks = doubledRanks([...a, ...b]);
  const sum = ranks.slice(0, a.length).reduce((total, rank) => total + rank, 0);
  return ranks.length <= exactValues
    ? exactP(ranks, a.length, sum)
    : approximateP(ranks, a.length, sum);
}

/** Twice the rank of each value, so that the mean rank of a pair of equal ones is whole. */
function doubledRanks(values: readonly number[]): number[] {
  const order = values.map((_, index) => index).sort((i, j) => at(values, i) - at(values, j));
  const ranks = values.map(() => 0);
  for (let first = 0; first < order.length; ) {
    let last = first;
    while (last + 1 < order.length && same(values, order, first, last + 1)) last += 1;
    for (let place = first; place <= last; place += 1) ranks[at(order, place)] = first + last + 2;
    first = last + 1;
  }
  return ranks;
}

function same(values: readonly number[], order: readonly number[], i: number, j: number): boolean {
  return at(values, at(order, i)) === at(values, at(order, j));
}

/** Of all ways to draw `size` of the ranks, the share whose sum is as far from the mean as `sum` or farther. */
function exactP(ranks: readonly number[], size: number, sum: number): number {
  const total = ranks.reduce((all, rank) => all + rank, 0);
  // ways[k][s]: subsets of k ranks with sum s. Below 2^53: 40 over 20 is 1.4e11.
  const ways = Array.from({ length: size + 1 }, () => new Float64Array(total + 1));
  (ways[0] as Float64Array)[0] = 1;
  for (const rank of ranks) {
    for (let k = size; k > 0; k -= 1) {
      const into = ways[k] as Float64Array;
      const from = ways[k - 1] as Float64Array;
      for (let s = total; s >= rank; s -= 1) into[s] = at(into, s) + at(from, s - rank);
    }
  }
  const mean = (total * size) / ranks.length;
  const distance = Math.abs(sum - mean);
  let all = 0;
  let extreme = 0;
  for (const [s, count] of (ways[size] as Float64Array).entries()) {
    all += count;
    // Half a doubled rank of tolerance: means of whole sums have fractions, and equal must stay equal.
    if (Math.abs(s - mean) >= distance - 1e-6) extreme += count;
  }
  return extreme / all;
}

function approximateP(ranks: readonly number[], size: number, sum: number): number {
  const n = ranks.length;
  const other = n - size;
  const u = sum / 2 - (size * (size + 1)) / 2;
  const tied = new Map<number, number>();
  for (const rank of ranks) tied.set(rank, (tied.get(rank) ?? 0) + 1);
  const ties = [...tied.values()].reduce((all, t) => all + t ** 3 - t, 0);
  const variance = ((size * other) / 12) * (n + 1 - ties / (n * (n - 1)));
  if (variance <= 0) return 1;
  const distance = Math.max(0, Math.abs(u - (size * other) / 2) - 0.5);
  return Math.min(1, 2 * upperTail(distance / Math.sqrt(variance)));
}

function at(values: ArrayLike<number>, index: number): number {
  return values[index] as number;
}
