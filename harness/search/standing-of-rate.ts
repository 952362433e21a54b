import type { PointOutcome, PointPurpose } from '../record/search-schema.ts';

/** What the search must know of a run that it asked for. */
export interface MeasuredPoint {
  readonly ratePerSecond: number;
  readonly purpose: PointPurpose;
  readonly outcome: PointOutcome;
  /** It was missed for a reason that another run cannot take back: something was lost. */
  readonly isProof: boolean;
  /** Why, in a line; empty when it was met. */
  readonly reason: string;
}

/** What is known of a rate; `open`: it takes another run to tell. */
export type RateStanding = PointOutcome | 'open';

/** Runs without a word of the engine, or that could not be run, before the search takes that for the answer. */
export const undecidedMost = 3;
export const errorsMost = 2;

/**
 * One run that meets the objective is enough to go higher, because the answer is confirmed anyway. One that
 * misses it is not enough to go lower, because a machine stumbles: of up to three runs two decide.
 */
export function standingOf(runs: readonly MeasuredPoint[]): RateStanding {
  const { met, missed, undecided, errors } = outcomesOf(runs);
  if (missed >= 2 || runs.some(({ isProof }) => isProof)) return 'missed';
  if (met >= (missed === 0 ? 1 : 2)) return 'met';
  if (undecided >= undecidedMost) return 'undecided';
  return errors >= errorsMost ? 'error' : 'open';
}

export function outcomesOf(runs: readonly MeasuredPoint[]): {
  readonly met: number;
  readonly missed: number;
  readonly undecided: number;
  readonly errors: number;
} {
  const count = (outcome: PointOutcome): number =>
    runs.filter((run) => run.outcome === outcome).length;
  return {
    met: count('met'),
    missed: count('missed'),
    undecided: count('undecided'),
    errors: count('error'),
  };
}
