import type { CheckId } from '../../core/anomalies.ts';
import type { Level, PromiseSet } from '../../core/clauses.ts';
import type { EventRecord } from '../../core/events.ts';
import type { Bounds, CellFacts } from '../../core/facts.ts';
import type { LaneSpan } from '../../core/lanes.ts';

export interface Claim {
  readonly level: Level;
  readonly promises: readonly PromiseSet[];
}

/** One history that a model made, with what its world promises. */
export interface ModelHistory {
  readonly facts: CellFacts;
  readonly lanes: readonly LaneSpan[];
  readonly events: readonly EventRecord[];
  /** The strongest that the world keeps while it is healthy. */
  readonly claim: Claim;
  /** What no promise of it forbids, and what its kind of trouble may bring about. */
  readonly mayShow: readonly CheckId[];
}

/** Tight, because virtual time costs nothing; every healthy world stays well within them. */
export const modelBounds: Bounds = {
  skewMs: 1,
  leaseSlackMs: 1_000,
  expiryGraceMs: 100,
  stalenessMs: 1_000,
  stallMs: 2_000,
  recoveryMs: 2_000,
  orphanMs: 2_000,
  poisonMs: 3_000,
  hangingMs: 3_000,
};
