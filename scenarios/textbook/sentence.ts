import type { CheckId } from '../../harness/core/anomalies.ts';

/**
 * A sentence that people repeat about queues and logs, and what puts it on trial. It holds on a system where each of
 * its trials shows what it says; nothing but the cells of a run decides that.
 */
export interface Sentence {
  /** Stable; reports and documents name sentences by it. */
  readonly id: string;
  readonly text: string;
  /** Engines of real systems on which it has to be tried before it counts as held. */
  readonly requires: readonly string[];
  readonly trials: readonly Trial[];
  /** Parts of what people say under this heading that no trial decides yet. */
  readonly untried: readonly string[];
  /** What it says is an amount: where its trials differ as they should, it is measured, and never held. */
  readonly amount?: true;
}

/** The same thing asked twice, with what the sentence relies on and without it: the answers must differ. */
export interface Trial {
  readonly says: string;
  readonly treatment: Side;
  readonly control: Side;
  /** By engine: the profile that has what the sentence relies on, and the one that lacks it. */
  readonly systems: Readonly<Record<string, Pair>>;
}

export interface Side {
  readonly scenario: string;
  /** Where its jobs must have had their effects, as the record calls it; a cell with another one says nothing. */
  readonly effectsIn?: 'PostgreSQL';
  /** All of them. */
  readonly shows: readonly Expectation[];
}

export interface Pair {
  readonly treatment: string;
  readonly control: string;
  /** `engine@profile` of another system, by which what is measured here is measured. Absent: by none. */
  readonly against?: string;
  /** Scenarios in place of the trial's: the same thing at another length. Absent: those of the trial. */
  readonly treatmentIn?: string;
  readonly controlIn?: string;
}

/** One side of a trial as a system is asked for it. */
export function sideOf(trial: Trial, pair: Pair, which: 'treatment' | 'control'): Side {
  const side = trial[which];
  const elsewhere = which === 'treatment' ? pair.treatmentIn : pair.controlIn;
  return elsewhere === undefined ? side : { ...side, scenario: elsewhere };
}

export type Expectation =
  /** None of these anomalies was seen, though each had its chances. */
  | { readonly is: 'kept'; readonly checks: readonly CheckId[] }
  /** At least one of these anomalies is proven. */
  | { readonly is: 'seen'; readonly checks: readonly CheckId[] }
  | { readonly is: 'figure'; readonly figure: Figure; readonly bound: Bound }
  /** Whatever it is: nothing is asked of it but that it is known. */
  | { readonly is: 'told'; readonly figure: Figure }
  /** How many times as much as in another scenario, `over`, at the same profile, in timed cells of several rounds. */
  | {
      readonly is: 'ratio';
      readonly figure: Figure;
      readonly over: string;
      readonly bound: Bound;
    }
  /**
   * What the treatment's profile has in timed cells of a scenario, in several rounds, and how many times as much as the
   * system that its pair is measured against. It is told with its interval; nothing is asked of it but that it was measured.
   */
  | {
      readonly is: 'measured';
      readonly figure: Figure;
      readonly scenario: string;
      /** What people say it is. */
      readonly said?: string;
    };

export type Figure =
  /** Of the cell's counts. */
  | { readonly of: 'counts'; readonly name: 'redelivered' | 'recovered'; readonly unit: string }
  /** Deliveries per second of consumers that came when the load was over. */
  | { readonly of: 'backlog'; readonly unit: string }
  /** Megabytes that were delivered in a second, of messages of one size; whoever was at its limit. */
  | { readonly of: 'throughput'; readonly unit: string }
  /** Milliseconds from when a request was due to its reply, in one stage of the load. */
  | {
      readonly of: 'round-trip';
      readonly stage: number;
      readonly quantile: 'p50' | 'p99';
      readonly unit: string;
    }
  /** See `RepliesRecord`. */
  | { readonly of: 'replies'; readonly name: RepliesFigure; readonly unit: string }
  /** See `ReadingRecord`. */
  | { readonly of: 'readers'; readonly name: ReadersFigure; readonly unit: string }
  | { readonly of: 'partitions'; readonly name: PartitionsFigure; readonly unit: string }
  /**
   * Of several readers of one stream: milliseconds at p99 outside and within the failover window, records that could not be
   * decoded, and those of them that are no dead letters. Times are not told where the rate was not reached.
   */
  | {
      readonly of: 'exercise';
      readonly name: 'p99-outside' | 'p99-within' | 'undecodable' | 'dead-letters-missing';
      readonly unit: string;
    }
  | { readonly of: 'countdown'; readonly name: CountdownFigure; readonly unit: string }
  | { readonly of: 'limit'; readonly name: LimitFigure; readonly unit: string }
  /** The number that the evidence of a fault begins with; `none` is 0. */
  | {
      readonly of: 'fault';
      readonly kind: string;
      readonly name: string;
      readonly unit: string;
    };

/** Requests that were taken for answered and were, and replies that were taken for those to other requests. */
export type RepliesFigure = 'own' | 'others';

/** Consumers that got nothing, and the most that one of them had in its hands. */
export type ReadersFigure = 'idle' | 'most-held';
/**
 * Percent of all that was unread at the worst of each partition which was in the worst of them; keys that have messages
 * in more than one partition.
 */
export type PartitionsFigure = 'share-of-worst' | 'keys-in-several';

/** Messages that retention took before they were read, and milliseconds that each of three alerts left before that. */
export type CountdownFigure = 'skipped' | 'half' | 'nine-tenths' | 'growth';

/** Sends that a limit refused, and what was acknowledged in the middle one of the seconds in which it did. */
export type LimitFigure = 'throttled' | 'taken';

export type Bound = { readonly least: number } | { readonly most: number };

export const kept = (...checks: readonly CheckId[]): Expectation => ({ is: 'kept', checks });
export const seen = (...checks: readonly CheckId[]): Expectation => ({ is: 'seen', checks });
