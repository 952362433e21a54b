import type { SeedSummary, SimulateOptions } from '../simulate/simulate.ts';
import { catalog } from '../../engines/catalog.ts';
import type { Simulation } from '../../engines/simulation.ts';
import { invariant } from '../core/errors.ts';
import { inBatches, onNodes, selectSimulations } from './select-simulations.ts';

/** Which simulation it is, for a thread that loads it by itself. */
export interface PlayedEngine {
  readonly id: string;
  readonly nodes: number;
  readonly batch: number | undefined;
}

/** Seeds in a row that one thread plays. */
export interface SeedsTask {
  readonly engine: PlayedEngine;
  readonly options: SimulateOptions;
}

export interface SeedsPlayed {
  readonly summaries: readonly SeedSummary[];
  /** CPU time of the thread, for these seeds. */
  readonly cpuMicros: number;
}

export async function loadSimulation({ id, nodes, batch }: PlayedEngine): Promise<Simulation> {
  const chosen = await selectSimulations([id], catalog);
  const [found] = inBatches(onNodes(chosen, nodes, true), batch, true);
  invariant(found !== undefined, `${id} was chosen by another thread, and is not there`);
  return found[1];
}
