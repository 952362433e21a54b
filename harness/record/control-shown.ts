import type { CheckId } from '../core/anomalies.ts';
import type { ClauseRecord } from './schema.ts';

/** Whether a control showed its anomaly: any one of those it names, proven. */
export function controlShown(
  clauses: readonly Pick<ClauseRecord, 'check' | 'count'>[],
  shows: readonly CheckId[],
): boolean {
  return clauses.some(({ check, count }) => count > 0 && shows.includes(check));
}
