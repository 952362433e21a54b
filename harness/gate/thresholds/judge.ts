import { type Comparator, type Threshold, unitOf } from '../../core/threshold.ts';
import { isJudged, profileName } from '../../record/cell-questions.ts';
import type { ThresholdRecord } from '../../record/threshold-schema.ts';
import type { CellRecord } from '../../record/schema.ts';
import { measure } from './measure.ts';

/**
 * Every threshold on every profile and scenario that it is about. What has no figure fails: a gate that passes
 * because nothing was measured is open. A threshold that is about no cell at all fails, too.
 */
export function judgeThresholds(
  thresholds: readonly Threshold[],
  cells: readonly CellRecord[],
): readonly ThresholdRecord[] {
  return thresholds.flatMap((threshold) => {
    const groups = groupsFor(threshold, cells);
    if (groups.length > 0) return groups.map((rounds) => judged(threshold, rounds));
    const reason = 'no cell of this run has this figure';
    const about = { threshold: threshold.text, cell: '', unit: unitOf(threshold.metric) };
    return [{ ...about, value: null, isMet: false, reason }];
  });
}

/** The rounds of each profile and scenario that the threshold is about. */
function groupsFor(
  { scenario, metric }: Threshold,
  cells: readonly CellRecord[],
): readonly (readonly CellRecord[])[] {
  const groups = new Map<string, CellRecord[]>();
  for (const cell of cells) {
    if (cell.control.kind !== 'none' || cell.status === 'unsupported') continue;
    if (scenario !== undefined ? cell.scenario !== scenario : !canHave(metric, cell)) continue;
    const key = nameOf(cell);
    groups.set(key, [...(groups.get(key) ?? []), cell]);
  }
  return [...groups.values()];
}

/** Without a scenario to go by, a timed figure is asked of timed cells, and a recovery where there were faults. */
function canHave(metric: Threshold['metric'], cell: CellRecord): boolean {
  switch (metric.of) {
    case 'latency':
    case 'rate':
    case 'cpu':
      return cell.kind === 'timed';
    case 'recovery':
      return cell.status === 'judged' && cell.faults.length > metric.fault;
    case 'anomaly':
      return true;
  }
}

function judged(threshold: Threshold, rounds: readonly CellRecord[]): ThresholdRecord {
  const [first] = rounds;
  const about = {
    threshold: threshold.text,
    cell: first === undefined ? '' : nameOf(first),
    unit: unitOf(threshold.metric),
  };
  const failed = rounds.find((round) => round.status === 'error');
  if (failed?.status === 'error') {
    return { ...about, value: null, isMet: false, reason: `${failed.id}: ${failed.error.code}` };
  }
  const measured = measure(threshold.metric, rounds.filter(isJudged));
  if (measured.is === 'missing') {
    return { ...about, value: null, isMet: false, reason: measured.reason };
  }
  const isMet = holds(measured.value, threshold.comparator, threshold.limit);
  return { ...about, value: measured.value, isMet, reason: '' };
}

export function holds(value: number, comparator: Comparator, limit: number): boolean {
  switch (comparator) {
    case '<':
      return value < limit;
    case '<=':
      return value <= limit;
    case '>':
      return value > limit;
    case '>=':
      return value >= limit;
    case '==':
      return value === limit;
    case '!=':
      return value !== limit;
  }
}

function nameOf(cell: CellRecord): string {
  return `${profileName(cell)}/${cell.scenario}`;
}
