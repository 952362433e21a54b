import { adjustedForMany } from '../core/statistics/false-discovery.ts';
import {
  type Comparison,
  type ComparisonRow,
  type MetricId,
  metricIds,
} from '../record/comparison-schema.ts';
import type { RunRecord } from '../record/schema.ts';
import { type Change, changeOf, type Threshold, wordFor } from './change.ts';
import { estimateOf } from './estimate.ts';
import { metrics } from './metrics.ts';
import { comparisonOutcome } from './outcome.ts';
import { noLongerJudged, promiseChanges } from './promises.ts';
import { differencesOf } from './testbed.ts';
import { type TimedCell, timedCellsOf } from './timed-cells.ts';

export interface ComparisonRequest extends Threshold {
  readonly metrics: readonly MetricId[];
  /** Compare the figures of unlike machines all the same. */
  readonly allowCrossTestbed: boolean;
}

export const plainRequest: ComparisonRequest = {
  alpha: 0.05,
  minimumEffect: 0.05,
  metrics: metricIds,
  allowCrossTestbed: false,
};

/** Two runs, cell by cell: what changed, and whether that can be said at all. */
export function compareRuns(
  base: RunRecord,
  head: RunRecord,
  request: ComparisonRequest = plainRequest,
): Comparison {
  const testbed = differencesOf(base.host, head.host);
  const { pairs, leftOut } = pairedCells(base, head);
  const isRefused = testbed.length > 0 && !request.allowCrossTestbed;
  const rows = isRefused ? [] : judgedRows(pairs, request);
  const promises = promiseChanges(base, head);
  return {
    schemaVersion: 1,
    base: identityOf(base),
    head: identityOf(head),
    minimumEffect: request.minimumEffect,
    alpha: request.alpha,
    testbed: [...testbed],
    rows: [...rows],
    promises: [...promises],
    leftOut: [...leftOut],
    outcome: comparisonOutcome({
      rows,
      promises,
      isOtherMachine: isRefused,
      unjudged: noLongerJudged(base, head),
    }),
  };
}

interface Pair {
  readonly base: TimedCell;
  readonly head: TimedCell;
}

function pairedCells(
  base: RunRecord,
  head: RunRecord,
): { readonly pairs: readonly Pair[]; readonly leftOut: Comparison['leftOut'] } {
  const before = timedCellsOf(base);
  const after = timedCellsOf(head);
  const pairs: Pair[] = [];
  const leftOut: Comparison['leftOut'] = [];
  for (const what of new Set([...before.keys(), ...after.keys()])) {
    const pair = { base: before.get(what), head: after.get(what) };
    const reason = whyUnpaired(pair.base, pair.head);
    if (reason !== undefined) leftOut.push({ what, reason });
    else if (pair.base !== undefined && pair.head !== undefined) {
      pairs.push({ base: pair.base, head: pair.head });
    }
  }
  return { pairs, leftOut };
}

function whyUnpaired(base: TimedCell | undefined, head: TimedCell | undefined): string | undefined {
  if (base === undefined) return 'only in head';
  if (head === undefined) return 'only in base';
  for (const [name, { figures, reasons }] of Object.entries({ base, head })) {
    if (figures.length === 0) return `no valid round in ${name}: ${reasons[0] ?? 'none ran'}`;
  }
  const asked = [base, head].map(({ figures }) => figures[0]?.targetRatePerSecond ?? 0);
  return asked[0] === asked[1]
    ? unlikeLoad(base.load, head.load)
    : `unlike load: ${asked[0]} msg/s were asked for in base, ${asked[1]} in head`;
}

function unlikeLoad(base: TimedCell['load'], head: TimedCell['load']): string | undefined {
  const traits = Object.keys({ ...base, ...head });
  if (traits.length === 0 || Object.keys(base).length * Object.keys(head).length === 0) {
    return undefined;
  }
  const unlike = traits.filter((trait) => base[trait] !== head[trait]);
  if (unlike.length === 0) return undefined;
  const told = unlike.map(
    (trait) =>
      `${trait} is ${base[trait] ?? 'not told'} in base, ${head[trait] ?? 'not told'} in head`,
  );
  return `unlike load: ${told.join('; ')}`;
}

type Measured = Omit<ComparisonRow, 'adjustedP' | 'word' | 'reason'>;

function judgedRows(pairs: readonly Pair[], request: ComparisonRequest): readonly ComparisonRow[] {
  const measured = pairs.flatMap((pair) =>
    request.metrics.flatMap((metric) => measuredRow(pair, metric, request.alpha)),
  );
  const adjusted = adjustedByMetric(measured);
  return measured.map((row) => {
    const adjustedP = adjusted.get(row) ?? 1;
    const rounds = Math.min(row.base.rounds, row.head.rounds);
    const change: Change & { adjustedP: number } = { ...row, adjustedP };
    return { ...row, adjustedP, ...wordFor(change, rounds, metrics[row.metric].better, request) };
  });
}

/**
 * One metric over all cells is one family: whoever watches a figure asks of how many cells it was read. Over all
 * metrics at once, five rounds of one cell could not show even the largest change.
 */
function adjustedByMetric(rows: readonly Measured[]): ReadonlyMap<Measured, number> {
  return new Map(
    metricIds.flatMap((metric) => {
      const family = rows.filter((row) => row.metric === metric);
      const adjusted = adjustedForMany(family.map(({ p }) => p));
      return family.map((row, index) => [row, adjusted[index] ?? 1] as const);
    }),
  );
}

function measuredRow({ base, head }: Pair, metric: MetricId, alpha: number): readonly Measured[] {
  const of = (cell: TimedCell): readonly number[] =>
    cell.figures.flatMap((figures) => metrics[metric].of(figures) ?? []).filter((v) => v > 0);
  const before = of(base);
  const after = of(head);
  if (before.length === 0 || after.length === 0) return [];
  return [
    {
      profile: base.profile,
      scenario: base.scenario,
      metric,
      base: estimateOf(before),
      head: estimateOf(after),
      ...changeOf(before, after, alpha),
    },
  ];
}

function identityOf({ id, ackmark, startedAt }: RunRecord): Comparison['base'] {
  return { id, ackmark, startedAt };
}
