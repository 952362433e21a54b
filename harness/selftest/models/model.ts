import type { Bounds } from '../../core/facts.ts';

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
