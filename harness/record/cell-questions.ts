import type { CellRecord, JudgedCell, PerformanceFigures } from './schema.ts';

export function isJudged(cell: CellRecord): cell is JudgedCell {
  return cell.status === 'judged';
}

export function isControl(cell: CellRecord): boolean {
  return cell.control.kind !== 'none';
}

/** How profiles are named everywhere, as `--engine` takes them. */
export function profileName(cell: { readonly engine: string; readonly profile: string }): string {
  return `${cell.engine}@${cell.profile}`;
}

/** Why a round has no figures that count; empty: it has. */
export function whyUnpriced(cell: CellRecord): readonly string[] {
  if (cell.status === 'unsupported') return [`unsupported: ${cell.reason}`];
  if (cell.status === 'error') return [`${cell.error.code}: ${cell.error.message}`];
  const { performance } = cell;
  if (performance.status === 'invalid') return performance.reasons;
  return performance.status === 'untimed' ? [performance.reason] : [];
}

/** A thread that has a tenth of its core left still answers at once; with less, what waits is the client. */
export const clientBusyLimit = 0.9;

/** The client's thread was saturated: the figures are the driver's, not the broker's. */
export function isDriverLimited({
  clientBusyShare,
}: Pick<PerformanceFigures, 'clientBusyShare'>): boolean {
  return clientBusyShare > clientBusyLimit;
}
