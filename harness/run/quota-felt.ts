import { type QuotaUse, quotaUseOf } from '../measure/quota.ts';
import type { CellFigures } from './performance.ts';
import type { Stage } from './stage.ts';

/** Sends that a limit refused, at whichever of their attempts; undefined where the client does not tell them. */
export function throttledSends({
  cell,
  history,
  troupe,
}: Pick<Stage, 'cell' | 'history' | 'troupe'>): number | undefined {
  const { throttledCode } = cell.traits;
  if (throttledCode === undefined) return undefined;
  return troupe.throttled() + (history.tally.codes.get(throttledCode) ?? 0);
}

/** What the quota, where the profile is about one, did to the sends of the cell's producers. */
export function quotaFelt(
  stage: Pick<Stage, 'cell' | 'deployed' | 'history' | 'troupe'>,
  { series }: Pick<CellFigures, 'series'>,
): QuotaUse | undefined {
  const { quota } = stage.cell.traits;
  const throttled = throttledSends(stage);
  if (quota === undefined || throttled === undefined) return undefined;
  const scopes = stage.deployed.topology.destinations[0]?.scopes ?? 0;
  return quotaUseOf(series, quota.messagesPerSecond * scopes, throttled);
}
