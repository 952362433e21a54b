import type { Engine } from '../../../engines/engine.ts';
import type { Fidelity } from '../../../engines/fidelity.ts';
import type { FailOn } from '../../gate/gate.ts';
import type { PlannedEngine } from '../../plan/cell.ts';
import type { RunPlan } from '../execute.ts';

/** Targets that are asked clause by clause, engine after engine. */
export interface FidelityPlan {
  readonly engines: readonly AskedEngine[];
  readonly failOn: readonly FailOn[];
  /** The day of the run in UTC, `YYYY-MM-DD`: what decides which deviations have expired. */
  readonly day: string;
  readonly heading: RunPlan['heading'];
}

export interface AskedEngine {
  readonly engine: Engine;
  readonly fidelity: Fidelity;
  readonly targets: readonly PlannedTarget[];
}

export type PlannedTarget =
  | {
      readonly is: 'asked';
      /** As `--target` has it. */
      readonly name: string;
      readonly planned: PlannedEngine;
      readonly replay: string;
    }
  | { readonly is: 'unsupported'; readonly name: string; readonly reason: string };
