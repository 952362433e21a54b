import type { Stage } from './stage.ts';

/** Whether consumers come when the load is over. */
export function isBacklog({ cell }: Pick<Stage, 'cell'>): boolean {
  return cell.scenario.workload.consumersJoin === 'after-load';
}
