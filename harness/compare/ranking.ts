import { median } from '../core/statistics/median.ts';
import { type FaultDomain, faultDomains, strengthOf } from '../core/clauses.ts';
import { metricIds, type MetricId } from '../record/comparison-schema.ts';
import type { RankedProfile, Ranking, RankingTable } from '../record/ranking-schema.ts';
import { isControl, profileName } from '../record/cell-questions.ts';
import type { CellRecord, RunRecord } from '../record/schema.ts';
import { changeOf, type Threshold, wordFor } from './change.ts';
import { estimateOf } from './estimate.ts';
import { metrics } from './metrics.ts';
import { type TimedCell, timedCellsOf } from './timed-cells.ts';

/**
 * The profiles of a run side by side, one table for each level, durability and load: only what promises the
 * same and survives the same is compared. Whoever broke a claim, or has no valid round, has no rank.
 */
export function rankingOf(record: RunRecord, by: MetricId, threshold: Threshold): Ranking {
  const tables = new Map<string, { readonly table: RankingTable; readonly cells: TimedCell[] }>();
  const notRanked: Ranking['notRanked'] = [];
  for (const cell of timedCellsOf(record).values()) {
    const reasons = whyNotRanked(cell, record, by);
    if (reasons.length > 0) {
      notRanked.push({ profile: cell.profile, scenario: cell.scenario, reasons: [...reasons] });
      continue;
    }
    const table = tableFor(cell, record);
    const key = JSON.stringify(table);
    const known = tables.get(key) ?? { table, cells: [] };
    known.cells.push(cell);
    tables.set(key, known);
  }
  return {
    schemaVersion: 1,
    run: record.id,
    by,
    tables: [...tables.values()]
      .map(({ table, cells }) => ({ ...table, rows: [...ranked(cells, by, threshold)] }))
      .sort((a, b) => strengthOf({ ...a, promises: [] }) - strengthOf({ ...b, promises: [] })),
    notRanked,
  };
}

function tableFor(cell: TimedCell, record: RunRecord): RankingTable {
  return {
    scenario: cell.scenario,
    level: cell.rounds[0]?.level ?? 'none',
    survives: [...survivedBy(cell.profile, record)],
    targetRatePerSecond: cell.figures[0]?.targetRatePerSecond ?? 0,
    rows: [],
  };
}

function survivedBy(profile: string, record: RunRecord): readonly FaultDomain[] {
  const claimed = treatmentsOf(profile, record).filter(({ claimed: isClaimed }) => isClaimed);
  return faultDomains.filter((domain) => claimed.some(({ under }) => under === domain));
}

function treatmentsOf(profile: string, record: RunRecord): readonly CellRecord[] {
  return record.cells.filter((cell) => profileName(cell) === profile && !isControl(cell));
}

function whyNotRanked(cell: TimedCell, record: RunRecord, by: MetricId): readonly string[] {
  const kept = treatmentsOf(cell.profile, record).flatMap(whyNotKept);
  if (kept.length > 0) return kept;
  if (cell.figures.length === 0) return cell.reasons;
  const isMeasured = cell.figures.some((figures) => metrics[by].of(figures) !== undefined);
  return isMeasured ? [] : [`${by} is not measured: the engine does not give it`];
}

/** A profile that is fast and wrong anywhere in the run is not compared with those that are right. */
function whyNotKept(cell: CellRecord): readonly string[] {
  if (cell.status === 'error') return [`${cell.scenario}: ${cell.error.code}`];
  if (cell.status === 'unsupported' || cell.verdict === 'pass') return [];
  const broken = cell.clauses.filter(({ state }) => state === 'broken').map(({ check }) => check);
  return cell.verdict === 'violated'
    ? [`claim broken: ${broken.join(', ')} in ${cell.scenario}`]
    : [`${cell.scenario} is ${cell.verdict}: ${cell.reasons[0] ?? 'no reason given'}`];
}

/** Best first; a profile shares the rank of the one before unless it is significantly worse than that rank's first. */
function ranked(
  cells: readonly TimedCell[],
  by: MetricId,
  threshold: Threshold,
): readonly RankedProfile[] {
  const { better } = metrics[by];
  const sign = better === 'lower' ? 1 : -1;
  const rows = cells
    .map((cell) => ({ cell, values: valuesOf(cell, by) }))
    .map((row) => ({ ...row, median: median(row.values) }))
    .sort((a, b) => sign * (a.median - b.median));
  let leader = rows[0];
  let rank = 1;
  return rows.map((row, index) => {
    if (leader !== undefined && isWorse(leader.values, row.values, better, threshold)) {
      leader = row;
      rank = index + 1;
    }
    return { profile: row.cell.profile, rank, figures: figuresOf(row.cell) };
  });
}

function isWorse(
  leader: readonly number[],
  other: readonly number[],
  better: 'lower' | 'higher',
  threshold: Threshold,
): boolean {
  const change = changeOf(leader, other, threshold.alpha);
  const rounds = Math.min(leader.length, other.length);
  const { word } = wordFor({ ...change, adjustedP: change.p }, rounds, better, threshold);
  return word === 'regressed';
}

function valuesOf({ figures }: TimedCell, metric: MetricId): readonly number[] {
  return figures.flatMap((one) => metrics[metric].of(one) ?? []);
}

function figuresOf(cell: TimedCell): RankedProfile['figures'] {
  const measured = metricIds.flatMap((metric) => {
    const values = valuesOf(cell, metric);
    return values.length === 0 ? [] : [[metric, estimateOf(values)] as const];
  });
  return Object.fromEntries(measured);
}
