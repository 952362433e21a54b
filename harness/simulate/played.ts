import type { CheckId } from '../core/anomalies.ts';
import type { Level, PromiseSet } from '../core/clauses.ts';
import type { EventRecord } from '../core/events.ts';
import type { CellFacts } from '../core/facts.ts';
import type { LaneSpan } from '../core/lanes.ts';

export interface Claim {
  readonly level: Level;
  readonly promises: readonly PromiseSet[];
}

/** One history that was made up from a seed, with what its world promises. */
export interface ModelHistory {
  readonly facts: CellFacts;
  readonly lanes: readonly LaneSpan[];
  readonly events: readonly EventRecord[];
  /** The strongest that the world keeps while it is healthy. */
  readonly claim: Claim;
  /** What no promise of it forbids, and what its kind of trouble may bring about. */
  readonly mayShow: readonly CheckId[];
}
