import type { Deployed, Target, Traits } from '../../engines/engine.ts';

/** The same publish loop on both sides: a closed window, batches, nothing consumed. */
export interface Workload {
  readonly messages: number;
  readonly window: number;
  readonly batch: number;
  readonly payloadBytes: number;
}

/** A system that is up, with the place to publish to. */
export interface Prepared {
  readonly module: string;
  readonly options: unknown;
  readonly traits: Traits;
  readonly target: Target;
  readonly deployed: Deployed;
  readonly workload: Workload;
}

/** The share of a run that only warms up the thread's code; the rest is what is timed. */
export const warmupShare = 0.25;

export const scopes = 4;
export const keys = 64;
