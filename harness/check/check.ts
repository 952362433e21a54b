import type { CheckId } from '../core/clauses.ts';
import type { EventRecord } from '../core/events.ts';

/** What a cell tells its checks; plain data, kept with the run so that it can be judged again. */
export interface CellFacts {
  readonly groups: number;
  /** `automatic`: nothing settles, and a finished processing stands for the acknowledgement. */
  readonly consumption: 'automatic' | 'settle-before-processing' | 'settle-after-processing';
  /** Whether settlements are proved one by one, by a fence, or not at all. */
  readonly ackReply: 'each' | 'fence' | 'none';
  /** The engine reports places, so D4 can tell two copies from one. */
  readonly placed: boolean;
  /** The engine reports lease durations; a second delivery after the lease is justified. */
  readonly leased: boolean;
}

/** One message, for a finding: enough to find everything about it in the history. */
export interface Culprit {
  readonly lane: number;
  readonly seq: number;
  readonly group: number;
  readonly note: string;
}

/**
 * What one check found. `count` holds findings that survive the upper-bound reading of their timestamps,
 * `possible` those that do not. `exposure` is the number of chances the anomaly had (n of the 3/n bound).
 */
export type CheckResult =
  | {
      readonly status: 'decided';
      readonly check: CheckId;
      readonly count: number;
      readonly possible: number;
      readonly exposure: number;
      /** Findings by class, for example D1: middle, prefix, suffix. */
      readonly classes: Readonly<Record<string, number>>;
      /** First-K and reservoir, bounded. */
      readonly culprits: readonly Culprit[];
    }
  | { readonly status: 'undecided'; readonly check: CheckId; readonly reason: string };

/** A streaming fold over the merged history of a cell. */
export interface Check {
  readonly id: CheckId;
  fold(event: EventRecord): void;
  finish(): CheckResult;
}
