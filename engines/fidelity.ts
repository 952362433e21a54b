import type { ClauseVerdict } from '../harness/core/clause-verdict.ts';
import type { Target } from './target.ts';

export type { ClauseVerdict } from '../harness/core/clause-verdict.ts';

/**
 * What the document of a service says, as clauses of which each can be put to a target that stands for the service.
 * They are data: an engine that has some shows up in `run --suite aws-fidelity` by them alone.
 */
export interface Fidelity {
  /** Whose document it is, with its version. */
  readonly document: string;
  readonly clauses: readonly FidelityClause[];
  readonly deviations: readonly FidelityDeviation[];
}

export interface FidelityClause {
  /** Unique in its engine, and stable: deviations name clauses by it. */
  readonly id: string;
  /** Clauses of one group stand together in a table. */
  readonly group: string;
  readonly says: string;
  /** URL of the page that says so. */
  readonly source: string;
  /** `crashes`: it kills the target's process, so that nothing else may be asked meanwhile. */
  readonly manner: 'beside-others' | 'alone' | 'crashes';
  /** Those that take minutes are asked by a suite of their own. */
  readonly takes: 'seconds' | 'minutes';
  /** Removes what it made; whatever it throws means that the evidence is missing. */
  probe(occasion: Occasion): Promise<ClauseAnswer>;
}

export interface ClauseAnswer {
  readonly verdict: ClauseVerdict;
  /** What was asked, in short. */
  readonly request: string;
  /** What the target answered, in short. */
  readonly answer: string;
}

/** What a probe takes from the harness: it has no other time, and no other names. */
export interface Occasion {
  readonly target: Target;
  /** Begins the name of whatever the probe makes: letters, digits and dashes, at most 50. */
  readonly name: string;
  /** Aborted when the run is interrupted and when the clause is over, with its answer or for want of one. */
  readonly signal: AbortSignal;
  /** Milliseconds of a clock that never goes back. */
  nowMs(): number;
  /** Rejects when `signal` is aborted. */
  wait(ms: number): Promise<void>;
  /** SIGKILL of the target, and a start on what it kept; undefined where somebody else has started it. */
  readonly crash: (() => Promise<void>) | undefined;
}

/**
 * What a target is known to do otherwise, or for what it cannot be asked a clause, and the run that showed it. Excused
 * until it expires.
 */
export interface FidelityDeviation {
  readonly id: string;
  readonly clause: string;
  /** A target's kind. */
  readonly target: string;
  readonly shows: 'deviates' | 'inconclusive';
  readonly because: string;
  readonly shownBy: string;
  /** `YYYY-MM-DD`: the last day, in UTC, on which it excuses anything. */
  readonly expires: string;
}
