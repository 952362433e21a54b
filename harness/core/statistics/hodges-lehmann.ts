import type { Interval } from './bootstrap.ts';
import { mannWhitney } from './mann-whitney.ts';
import { median } from './median.ts';

/** How far `head` lies above `base`, and where the truth may lie. */
export interface Shift {
  readonly estimate: number;
  /** Infinite where so few values cannot bound it. */
  readonly interval: Interval;
}

/**
 * The shift between two samples (Hodges and Lehmann, Estimates of location based on rank tests, 1963): the
 * median of all differences. Its interval holds every shift that a two-sided Mann–Whitney test at `alpha` does
 * not reject, so interval and test never disagree.
 */
export function hodgesLehmann(
  base: readonly number[],
  head: readonly number[],
  alpha = 0.05,
): Shift {
  const differences = head.flatMap((h) => base.map((b) => h - b)).sort((a, b) => a - b);
  const isRejected = (shift: number): boolean =>
    mannWhitney(
      base,
      head.map((value) => value - shift),
    ) <= alpha;
  const places = [...new Set(differences)];
  const estimate = median(differences);
  const mirrored = places.map((place) => -place).toReversed();
  return {
    estimate,
    interval: {
      low: lowest(places, estimate, isRejected),
      high: -lowest(mirrored, -estimate, (shift) => isRejected(-shift)),
    },
  };
}

/**
 * The greatest of the ascending `places` up to `middle` below which every shift is rejected. The test changes
 * at the differences alone, so it is asked halfway between two, and rejection only grows towards the end.
 */
function lowest(
  places: readonly number[],
  middle: number,
  isRejected: (shift: number) => boolean,
): number {
  const before = (index: number): number => {
    const place = places[index] ?? Number.NaN;
    return index === 0 ? place - 1 : ((places[index - 1] ?? Number.NaN) + place) / 2;
  };
  if (places.length === 0 || !isRejected(before(0))) return Number.NEGATIVE_INFINITY;
  let rejected = 0;
  let kept = places.findIndex((place) => place >= middle);
  while (kept - rejected > 1) {
    const index = (kept + rejected) >> 1;
    if (isRejected(before(index))) rejected = index;
    else kept = index;
  }
  return places[rejected] ?? Number.NEGATIVE_INFINITY;
}
