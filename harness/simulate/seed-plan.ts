import type { FaultKind } from '../../engines/simulation.ts';

/** What one seed is to be played with; everything else comes from the seed. */
export interface SeedPlan {
  readonly seed: number;
  /** A rule of the engine that is broken on purpose. */
  readonly broken: string | undefined;
  /** Kinds of faults that may befall it; undefined: all of them. */
  readonly faults?: ReadonlySet<FaultKind> | undefined;
  /** Numbers, from 1 on, of the parts of its plan that are played; undefined: all of them. */
  readonly only?: ReadonlySet<number> | undefined;
  /** The most messages of a lane. */
  readonly messages?: number | undefined;
  /** A history that grows beyond is ended. */
  readonly mostEvents?: number;
}
