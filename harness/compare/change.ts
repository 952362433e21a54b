import { hodgesLehmann } from '../core/statistics/hodges-lehmann.ts';
import { mannWhitney } from '../core/statistics/mann-whitney.ts';
import type { ComparisonWord } from '../record/comparison-schema.ts';
import type { Metric } from './metrics.ts';

export interface Change {
  /** head / base. */
  readonly factor: number;
  readonly low: number | null;
  readonly high: number | null;
  readonly p: number;
}

/** Ratios, not differences: a latency that doubles is the same news at 1 ms and at 10 ms. */
export function changeOf(base: readonly number[], head: readonly number[], alpha: number): Change {
  const shift = hodgesLehmann(base.map(Math.log), head.map(Math.log), alpha);
  const { low, high } = shift.interval;
  return {
    factor: Math.exp(shift.estimate),
    low: Number.isFinite(low) ? Math.exp(low) : null,
    high: Number.isFinite(high) ? Math.exp(high) : null,
    p: mannWhitney(base, head),
  };
}

export interface Threshold {
  readonly alpha: number;
  /** Relative: 0.05 is five per cent. */
  readonly minimumEffect: number;
}

/**
 * Four words. `improved` and `regressed` must be significant among all cells of the metric and large enough to matter; `no
 * change` must be shown as well, by an interval that leaves no room for a change that matters. All else is
 * within noise, and says what it would take.
 *
 * @param tooFew why there are too few rounds to tell; undefined: there are enough
 */
export function wordFor(
  change: Change & { readonly adjustedP: number },
  tooFew: string | undefined,
  better: Metric['better'],
  { alpha, minimumEffect }: Threshold,
): { readonly word: ComparisonWord; readonly reason: string } {
  const most = 1 + minimumEffect;
  if (tooFew !== undefined) return { word: 'within noise', reason: tooFew };
  const isLarge = change.factor >= most || change.factor <= 1 / most;
  if (change.adjustedP <= alpha && isLarge) {
    const isBetter = change.factor > 1 === (better === 'higher');
    return { word: isBetter ? 'improved' : 'regressed', reason: '' };
  }
  const isBounded = change.low !== null && change.high !== null;
  if (isBounded && change.low >= 1 / most && change.high <= most) {
    return { word: 'no change', reason: '' };
  }
  return { word: 'within noise', reason: whyNoise(change, alpha, isLarge) };
}

function whyNoise(
  { p, adjustedP }: Change & { readonly adjustedP: number },
  alpha: number,
  isLarge: boolean,
): string {
  if (adjustedP <= alpha) return 'it changed, and maybe by less than matters: more rounds tell';
  if (p <= alpha && isLarge) return 'alone it would count, among so many cells it may be chance';
  return 'the rounds differ among themselves too much to tell';
}
