import type { CheckId } from '../core/anomalies.ts';
import type { EventKind, EventRecord } from '../core/events.ts';
import type { CellFacts } from '../core/facts.ts';
import type { HistoryPass } from './history-pass.ts';
import type { MessageState } from './state/message-state.ts';

/** What a finding is about: enough to find everything that proves it in the history. */
export type Culprit = {
  readonly group: number;
  readonly note: string;
} & (
  | { readonly about: 'message'; readonly lane: number; readonly seq: number }
  /** A position or a span of time of one scope. */
  | { readonly about: 'scope'; readonly scope: number; readonly atNs: number }
  | { readonly about: 'transaction'; readonly transaction: number }
  | { readonly about: 'actor'; readonly actor: number; readonly atNs: number }
  /** The cell as a whole at an instant. */
  | { readonly about: 'cell'; readonly atNs: number }
);

/**
 * What one check found. `count` holds findings that survive the upper-bound reading of their timestamps,
 * `possible` those that do not. `exposure` is the number of chances the anomaly had (n of the 3/n bound).
 * `inapplicable`: the cell lacks what the anomaly is about. `undecided`: it has it, and yet cannot tell.
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
  | { readonly status: 'undecided'; readonly check: CheckId; readonly reason: string }
  | { readonly status: 'inapplicable'; readonly check: CheckId; readonly reason: string };

/** A streaming fold over the merged history of a cell: it is shown only the kinds it listens to. */
export interface Check {
  readonly listensTo: readonly EventKind[];
  /**
   * It folds runs, see `eachOfRun`, of such events as the shared state finds nothing unusual about: the next sends
   * of a lane, their first answers, first deliveries, work, settlements. Runs of a kind are shown event by event as long as
   * anybody who listens to it does not.
   */
  readonly takesRuns?: boolean;
  /**
   * After the shared state has folded the event.
   * @param count of the run that begins with it; 1 if it was left out, and wherever `takesRuns` is not set
   */
  fold(event: EventRecord, count?: number): void;
  /** Once, after the last event. */
  finish(): CheckResult;
  /**
   * After `finish`, where the whole history can be shown again: the result in the place of the first one.
   * It looks at the history only if bounds of memory have left something open, and bounds what it reads.
   */
  resolve?(history: HistoryPass): CheckResult;
}

/** One anomaly: what it is, where that comes from, and how it is decided. */
export interface CheckModule {
  readonly id: CheckId;
  /** A violation if and only if this holds; one or two sentences. */
  readonly definition: string;
  /** The paper, specification section, vendor document or project that the rule comes from. */
  readonly source: string;
  /** What deciding it keeps in memory, for example `2 bits a message and group`. */
  readonly memory: string;
  /**
   * A small history that shows exactly this anomaly (and its consequences), as lines of the NDJSON format
   * with its header first. `ackmark explain` prints it and a test judges it.
   */
  readonly example: readonly string[];
  /**
   * `lane`: a finding about a message depends only on the events of its lane and on those that are about
   * no message, so that lanes may be judged apart and the results add up. Without it, or with `cell`, the
   * check sees the whole history.
   */
  readonly scope?: 'lane' | 'cell';
  /** Why the cell has nothing that this anomaly is about, as a clause ("no transactions are recorded"); undefined: it has. */
  applies(facts: CellFacts): string | undefined;
  create(state: MessageState, seed: number): Check;
}
