import { plannedMs } from '../../scenarios/load.ts';
import type { Stage } from './stage.ts';

/** Twice the planned time of the load, and room for a broker to come back. */
export function loadTimeoutMs(stage: Stage): number {
  const { load } = stage.cell.scenario.workload;
  return (load.kind === 'open' ? plannedMs(load) : 60_000) * 2 + 60_000;
}
