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
import { fewestRounds, whyTooFew } from './few-rounds.ts';
import { whyIncomplete } from './incomplete.ts';
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
  const { pairs, leftOut, ofBoth, thinned } = pairedCells(base, head);
  const isRefused = testbed.length > 0 && !request.allowCrossTestbed;
  const rows = isRefused ? [] : judgedRows(pairs, request);
  const promises = promiseChanges(base, head);
  return {
    schemaVersion: 2,
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
      isSameRun: base.id === head.id,
      incomplete: whyIncomplete(base, head),
      thinned,
      leftOut: ofBoth.length === 0 ? leftOut : ofBoth,
      unjudged: noLongerJudged(base, head),
    }),
  };
}

interface Pair {
  readonly base: TimedCell;
  readonly head: TimedCell;
}

interface PairedCells {
  readonly pairs: readonly Pair[];
  readonly leftOut: Comparison['leftOut'];
  /** What is left out though both runs have it. */
  readonly ofBoth: Comparison['leftOut'];
  /** Cells that had rounds enough in base and have not in head, though it played them, and why. */
  readonly thinned: readonly string[];
}

function pairedCells(baseRun: RunRecord, headRun: RunRecord): PairedCells {
  const before = timedCellsOf(baseRun);
  const after = timedCellsOf(headRun);
  const pairs: Pair[] = [];
  const leftOut: Comparison['leftOut'] = [];
  const ofBoth: Comparison['leftOut'] = [];
  const thinned: string[] = [];
  for (const what of new Set([...before.keys(), ...after.keys()])) {
    const base = before.get(what);
    const head = after.get(what);
    if (base === undefined || head === undefined) {
      leftOut.push({ what, reason: base === undefined ? 'only in head' : 'only in base' });
      continue;
    }
    const tooFew = base.figures.length < fewestRounds ? undefined : whyTooFew(head);
    if (tooFew !== undefined) thinned.push(`${what}: ${tooFew}`);
    const reason = whyUnpaired(base, head);
    if (reason === undefined) pairs.push({ base, head });
    else {
      leftOut.push({ what, reason });
      ofBoth.push({ what, reason });
    }
  }
  return { pairs, leftOut, ofBoth, thinned };
}

function whyUnpaired(base: TimedCell, head: TimedCell): string | undefined {
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

interface Measured {
  readonly row: Omit<ComparisonRow, 'adjustedP' | 'word' | 'reason'>;
  readonly tooFew: string | undefined;
}

function judgedRows(pairs: readonly Pair[], request: ComparisonRequest): readonly ComparisonRow[] {
  const measured = pairs.flatMap((pair) =>
    request.metrics.flatMap((metric) => measuredRow(pair, metric, request.alpha)),
  );
  const adjusted = adjustedByMetric(measured);
  return measured.map((one) => {
    const { row, tooFew } = one;
    const adjustedP = adjusted.get(one) ?? 1;
    const change: Change & { adjustedP: number } = { ...row, adjustedP };
    return { ...row, adjustedP, ...wordFor(change, tooFew, metrics[row.metric].better, request) };
  });
}

/**
 * One metric over all cells is one family: whoever watches a figure asks of how many cells it was read. Over all
 * metrics at once, five rounds of one cell could not show even the largest change.
 */
function adjustedByMetric(measured: readonly Measured[]): ReadonlyMap<Measured, number> {
  return new Map(
    metricIds.flatMap((metric) => {
      const family = measured.filter(({ row }) => row.metric === metric);
      const adjusted = adjustedForMany(family.map(({ row }) => row.p));
      return family.map((one, index) => [one, adjusted[index] ?? 1] as const);
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
      row: {
        profile: base.profile,
        scenario: base.scenario,
        metric,
        base: estimateOf(before),
        head: estimateOf(after),
        ...changeOf(before, after, alpha),
      },
      tooFew:
        whyFew('base', base, before.length, metric) ?? whyFew('head', head, after.length, metric),
    },
  ];
}

/** A valid round may still lack the one figure. */
function whyFew(
  run: 'base' | 'head',
  cell: TimedCell,
  measured: number,
  metric: MetricId,
): string | undefined {
  const why = whyTooFew(cell);
  if (why !== undefined) return `${run}: ${why}`;
  return measured >= fewestRounds
    ? undefined
    : `${run}: ${metric} was measured in ${measured} of at least ${fewestRounds} rounds`;
}

function identityOf({ id, ackmark, startedAt }: RunRecord): Comparison['base'] {
  return { id, ackmark, startedAt };
}
