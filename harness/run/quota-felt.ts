import { type QuotaUse, quotaUseOf } from '../measure/quota.ts';
import type { CellFigures } from './performance.ts';
import type { Stage } from './stage.ts';

/** What the quota, where the profile is about one, did to the sends of the cell's producers. */
export function quotaFelt(
  { cell, deployed, history, troupe }: Pick<Stage, 'cell' | 'deployed' | 'history' | 'troupe'>,
  { series }: Pick<CellFigures, 'series'>,
): QuotaUse | undefined {
  const { quota } = cell.traits;
  if (quota === undefined) return undefined;
  const scopes = deployed.topology.destinations[0]?.scopes ?? 0;
  const throttled = troupe.throttled() + (history.tally.codes.get(quota.throttledCode) ?? 0);
  return quotaUseOf(series, quota.messagesPerSecond * scopes, throttled);
}
