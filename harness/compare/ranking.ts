import { plural } from '../core/plural.ts';
import { median } from '../core/statistics/median.ts';
import { type FaultDomain, durabilityDomains, strengthOf } from '../core/clauses.ts';
import { metricIds, type MetricId } from '../record/comparison-schema.ts';
import type {
  RankedProfile,
  Ranking,
  RankingTable,
  RoundsOf,
  UnrankedProfile,
} from '../record/ranking-schema.ts';
import type { RunRecord } from '../record/schema.ts';
import { changeOf, type Threshold, wordFor } from './change.ts';
import { estimateOf } from './estimate.ts';
import { fewestRounds } from './few-rounds.ts';
import { levelStepsOf, valuesOf } from './level-steps.ts';
import { metrics } from './metrics.ts';
import { treatmentsOf, type Unranked, whyNotRanked } from './not-ranked.ts';
import { type TimedCell, timedCellsOf } from './timed-cells.ts';

/**
 * The profiles of a run side by side, one table for each level, durability and load: only what promises the
 * same and survives the same is compared. Whoever broke a claim, or has no valid round, or is alone with what it
 * survives while others of its level are not, has no rank.
 */
export function rankingOf(record: RunRecord, by: MetricId, threshold: Threshold): Ranking {
  const groups = new Map<string, Group>();
  const notRanked: UnrankedProfile[] = [];
  for (const cell of timedCellsOf(record).values()) {
    const unranked = whyNotRanked(cell, record, by);
    if (unranked !== undefined) notRanked.push(unrankedOf(cell, unranked));
    else {
      const table = tableFor(cell, record);
      const key = JSON.stringify(table);
      const known = groups.get(key) ?? { table, cells: [] };
      known.cells.push(cell);
      groups.set(key, known);
    }
  }
  const { compared, alone } = splitByDurability([...groups.values()]);
  return {
    schemaVersion: 3,
    run: record.id,
    by,
    tables: compared
      .map(({ table, cells }) => ({ ...table, rows: [...ranked(cells, by, threshold)] }))
      .sort((a, b) => strengthOf({ ...a, promises: [] }) - strengthOf({ ...b, promises: [] })),
    steps: [...levelStepsOf(record, threshold.alpha)],
    notRanked: [...notRanked, ...alone],
  };
}

interface Group {
  readonly table: RankingTable;
  readonly cells: TimedCell[];
}

/** Of several groups of one level and load those with one profile have nobody to be compared with. */
function splitByDurability(groups: readonly Group[]): {
  readonly compared: readonly Group[];
  readonly alone: readonly UnrankedProfile[];
} {
  const besides = (group: Group): readonly Group[] =>
    groups.filter(
      (other) =>
        other !== group &&
        other.table.scenario === group.table.scenario &&
        other.table.level === group.table.level &&
        other.table.targetRatePerSecond === group.table.targetRatePerSecond,
    );
  const isAlone = (group: Group): boolean => group.cells.length === 1 && besides(group).length > 0;
  return {
    compared: groups.filter((group) => !isAlone(group)),
    alone: groups.filter(isAlone).flatMap((group) => {
      const others = besides(group).flatMap(({ cells }) => cells.map(({ profile }) => profile));
      const reason = `${survivalText(group.table)}, unlike ${others.join(', ')}`;
      return group.cells.map((cell) =>
        unrankedOf(cell, { why: 'unlike-durability', reasons: [reason] }),
      );
    }),
  };
}

function survivalText({ survives }: RankingTable): string {
  return survives.length === 0
    ? 'no fault of the broker in this run is claimed to be survived'
    : `claimed under ${survives.join(', ')}`;
}

function unrankedOf(cell: TimedCell, { why, reasons }: Unranked): UnrankedProfile {
  return {
    profile: cell.profile,
    scenario: cell.scenario,
    level: cell.rounds[0]?.level ?? 'none',
    why,
    reasons: [...reasons],
    rounds: roundsOf(cell),
    figures: figuresOf(cell),
  };
}

function roundsOf({ figures, rounds }: TimedCell): RoundsOf {
  return { valid: figures.length, run: rounds.length };
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
  return durabilityDomains.filter((domain) => claimed.some(({ under }) => under === domain));
}

/**
 * Best first; a profile shares the rank of the one before unless it is significantly worse than that rank's first.
 * Those with too few rounds come last and have none: nothing tells them apart from anybody, so that one lucky round
 * would make all who follow its equals.
 */
function ranked(
  cells: readonly TimedCell[],
  by: MetricId,
  threshold: Threshold,
): readonly RankedProfile[] {
  const { better } = metrics[by];
  const sign = better === 'lower' ? 1 : -1;
  const rows = cells.map((cell) => ({ cell, values: valuesOf(cell, by) }));
  const enough = rows
    .filter(({ values }) => values.length >= fewestRounds)
    .map((row) => ({ ...row, median: median(row.values) }))
    .sort((a, b) => sign * (a.median - b.median));
  const few = rows.filter(({ values }) => values.length < fewestRounds);
  let leader = enough[0];
  let rank = 1;
  const withRank = enough.map((row, index): RankedProfile => {
    if (leader !== undefined && isWorse(leader.values, row.values, better, threshold)) {
      leader = row;
      rank = index + 1;
    }
    return { ...besideRank(row.cell), rank, reason: '' };
  });
  const without = few.map(
    ({ cell, values }): RankedProfile => ({
      ...besideRank(cell),
      rank: null,
      reason: whyNoRank(cell, values.length, by),
    }),
  );
  return [...withRank, ...without];
}

function besideRank(cell: TimedCell): Omit<RankedProfile, 'rank' | 'reason'> {
  return { profile: cell.profile, rounds: roundsOf(cell), figures: figuresOf(cell) };
}

function whyNoRank({ figures, rounds }: TimedCell, measured: number, by: MetricId): string {
  const needed = `${fewestRounds} are needed for a rank`;
  return figures.length < fewestRounds
    ? `${figures.length} of ${plural(rounds.length, 'round')} valid: ${needed}`
    : `${by} was measured in ${measured} of ${plural(figures.length, 'valid round')}: ${needed}`;
}

function isWorse(
  leader: readonly number[],
  other: readonly number[],
  better: 'lower' | 'higher',
  threshold: Threshold,
): boolean {
  const change = changeOf(leader, other, threshold.alpha);
  const { word } = wordFor({ ...change, adjustedP: change.p }, undefined, better, threshold);
  return word === 'regressed';
}

function figuresOf(cell: TimedCell): RankedProfile['figures'] {
  const measured = metricIds.flatMap((metric) => {
    const values = cell.figures.flatMap((one) => metrics[metric].of(one) ?? []);
    return values.length === 0 ? [] : [[metric, estimateOf(values)] as const];
  });
  return Object.fromEntries(measured);
}
