import type { MetricId } from '../record/comparison-schema.ts';
import { isControl, isDriverLimited, profileName } from '../record/cell-questions.ts';
import type { Exclusion } from '../record/ranking-schema.ts';
import type { CellRecord, RunRecord } from '../record/schema.ts';
import { metrics } from './metrics.ts';
import type { TimedCell } from './timed-cells.ts';

export interface Unranked {
  readonly why: Exclusion;
  readonly reasons: readonly string[];
}

/** Why a cell enters no table, by itself and whatever the others are. */
export function whyNotRanked(
  cell: TimedCell,
  record: RunRecord,
  by: MetricId,
): Unranked | undefined {
  const elsewhere = treatmentsOf(cell.profile, record).flatMap((one) => whyNotKept(one) ?? []);
  const worst = worstFirst.find((why) => elsewhere.some((one) => one.why === why));
  if (worst !== undefined) {
    const alike = elsewhere.filter(({ why }) => why === worst);
    return { why: worst, reasons: alike.flatMap(({ reasons }) => reasons) };
  }
  if (cell.figures.length === 0) return whyInvalid(cell);
  const isMeasured = cell.figures.some((figures) => metrics[by].of(figures) !== undefined);
  if (isMeasured) return undefined;
  return {
    why: 'not-measured',
    reasons: [`${by} is not measured: the engine does not give it`],
  };
}

const worstFirst = ['claim-broken', 'failed', 'not-decided'] as const satisfies Exclusion[];

export function treatmentsOf(profile: string, record: RunRecord): readonly CellRecord[] {
  return record.cells.filter((cell) => profileName(cell) === profile && !isControl(cell));
}

/** A profile that is fast and wrong anywhere in the run is not compared with those that are right. */
function whyNotKept(cell: CellRecord): Unranked | undefined {
  if (cell.status === 'error') {
    return { why: 'failed', reasons: [`${cell.scenario}: ${cell.error.code}`] };
  }
  if (cell.status === 'unsupported' || cell.verdict === 'pass') return undefined;
  if (cell.verdict !== 'violated') {
    const reason = cell.reasons[0] ?? 'no reason given';
    return { why: 'not-decided', reasons: [`${cell.scenario} is ${cell.verdict}: ${reason}`] };
  }
  const broken = cell.clauses.filter(({ state }) => state === 'broken').map(({ check }) => check);
  return {
    why: 'claim-broken',
    reasons: [`claim broken: ${broken.join(', ')} in ${cell.scenario}`],
  };
}

/** Driver-limited where that spoiled at least half of the rounds: then more rounds do not help. */
function whyInvalid({ rounds, reasons }: TimedCell): Unranked {
  if (rounds.every(({ status }) => status === 'unsupported'))
    return { why: 'unsupported', reasons };
  const limited = rounds.filter(isSaturated).length;
  return { why: limited * 2 >= rounds.length ? 'driver-limited' : 'invalid', reasons };
}

function isSaturated(cell: CellRecord): boolean {
  return (
    cell.status === 'judged' &&
    cell.performance.status === 'invalid' &&
    isDriverLimited(cell.performance.figures)
  );
}
