import { changeOf } from '../../harness/compare/change.ts';
import { plainRequest } from '../../harness/compare/compare-runs.ts';
import { estimateOf } from '../../harness/compare/estimate.ts';
import { metrics } from '../../harness/compare/metrics.ts';
import { strengthOf } from '../../harness/core/clauses.ts';
import { median } from '../../harness/core/statistics/median.ts';
import { whyUnpriced } from '../../harness/record/cell-questions.ts';
import { type Estimate, type MetricId, metricIds } from '../../harness/record/comparison-schema.ts';
import type {
  DistributionRecord,
  JudgedCell,
  PerformanceFigures,
  RunRecord,
} from '../../harness/record/schema.ts';
import { groupBy, isControl, isJudged, profileName } from './cells.ts';
import { type CellState, matrixOf, type MatrixRow } from './matrix.ts';

/** Percentiles in nanoseconds. */
export interface Percentiles {
  readonly p50Ns: number;
  /** Undefined where sends left late in every round: the middle stands, the tail is the generator's. */
  readonly tail: Tail | undefined;
}

export interface Tail {
  readonly p99Ns: number;
  readonly p999Ns: number;
  readonly maxNs: number;
}

export interface PriceRow {
  readonly name: string;
  readonly engine: string;
  readonly profile: string;
  readonly level: JudgedCell['level'];
  readonly promises: JudgedCell['promises'];
  /** The worst state over all scenarios: a fast profile that broke its promise is fast and wrong. */
  readonly verdict: CellState;
  /** Rounds of which every figure counts, out of those that ran. */
  readonly roundsValid: number;
  readonly roundsRun: number;
  readonly targetRatePerSecond: number;
  readonly achievedRatePerSecond: number;
  readonly deliveredRatePerSecond: number;
  /** Absent when the engine gives no answer to a send. */
  readonly publish: Percentiles | undefined;
  readonly endToEnd: Percentiles | undefined;
  readonly clientCpuMicrosPerMessage: number;
  readonly brokerCpuMicrosPerMessage: number | undefined;
  /** The same with their intervals over the rounds, as far as they were measured. */
  readonly estimates: Readonly<Partial<Record<MetricId, Estimate>>>;
  /** Of the rounds that count for the middle, and of those among them that count for the tail. */
  readonly figures: readonly PerformanceFigures[];
  readonly tailFigures: readonly PerformanceFigures[];
  /** Against the row before it of the same engine, which promises less or as much. */
  readonly step: Step | undefined;
}

export interface Step {
  readonly from: string;
  readonly publishP99: StepFactor | undefined;
  readonly endToEndP99: StepFactor | undefined;
  readonly clientCpu: StepFactor | undefined;
  readonly throughput: StepFactor | undefined;
}

/** This row / the one before it, with a 95 % interval where the rounds suffice for one. */
export interface StepFactor {
  readonly factor: number;
  readonly low: number | null;
  readonly high: number | null;
}

export interface NotPriced {
  readonly name: string;
  readonly reasons: readonly string[];
  /** Every round ended with an error. */
  readonly failed: boolean;
}

/** What `late` stands for in a table. */
export const lateTail =
  'late: so many sends left late that p99 would be the generator’s; medians and CPU stand';

/** In no round did its sends leave in time for a tail. */
export function lacksTail({ tailFigures }: PriceRow): boolean {
  return tailFigures.length === 0;
}

/** The price of a guarantee: one table per timed scenario. */
export interface PriceTable {
  readonly scenario: string;
  readonly summary: string;
  readonly targetRatePerSecond: number;
  /** How messages came at that rate; empty where the record does not tell. */
  readonly arrivals: string;
  readonly rows: readonly PriceRow[];
  readonly notPriced: readonly NotPriced[];
}

export function priceTablesOf(record: RunRecord): PriceTable[] {
  const verdicts = new Map(matrixOf(record).rows.map((row) => [row.name, worstOf(row)]));
  const timed = record.cells.filter((cell) => cell.kind === 'timed' && !isControl(cell));
  return [...groupBy(timed, (cell) => cell.scenario)].map(([scenario, cells]) => {
    const rows: PriceRow[] = [];
    const notPriced: NotPriced[] = [];
    for (const [name, rounds] of groupBy(cells, profileName)) {
      const standing = rounds.filter(isJudged).filter(middleStands);
      const row = rowOf(standing, rounds.length, verdicts.get(name) ?? 'inconclusive');
      if (row === undefined) {
        const failed = rounds.every(({ status }) => status === 'error');
        notPriced.push({ name, reasons: rounds.flatMap(whyUnpriced), failed });
      } else rows.push(row);
    }
    return {
      scenario,
      summary: cells[0]?.scenarioSummary ?? '',
      targetRatePerSecond: Math.max(0, ...rows.map((row) => row.targetRatePerSecond)),
      arrivals: cells[0]?.load['arrivals'] ?? '',
      rows: withSteps(rows),
      notPriced,
    };
  });
}

const badFirst: readonly CellState[] = [
  'broken',
  'error',
  'inconclusive',
  'expected',
  'kept',
  'unclaimed',
];

function worstOf(row: MatrixRow): CellState {
  const states = new Set(row.cells.flatMap((cell) => (cell === undefined ? [] : [cell.state])));
  return badFirst.find((state) => states.has(state)) ?? 'held';
}

function middleStands({ performance }: JudgedCell): boolean {
  return (
    performance.status === 'valid' || (performance.status === 'invalid' && performance.middleStands)
  );
}

function rowOf(
  standing: readonly JudgedCell[],
  roundsRun: number,
  verdict: CellState,
): PriceRow | undefined {
  const [first] = standing;
  const all = standing.flatMap(({ performance }) =>
    performance.status === 'untimed' ? [] : [performance.figures],
  );
  const valid = standing.flatMap(({ performance }) =>
    performance.status === 'valid' ? [performance.figures] : [],
  );
  const [figures] = all;
  if (first === undefined || figures === undefined) return undefined;
  const brokerCpu = all.flatMap((one) => one.brokerCpuMicrosPerMessage ?? []);
  return {
    name: profileName(first),
    engine: first.engine,
    profile: first.profile,
    level: first.level,
    promises: first.promises,
    verdict,
    roundsValid: valid.length,
    roundsRun,
    targetRatePerSecond: figures.targetRatePerSecond,
    achievedRatePerSecond: median(all.map((one) => one.achievedRatePerSecond)),
    deliveredRatePerSecond: median(all.map((one) => one.deliveredRatePerSecond)),
    publish: percentilesOf(all, valid, (one) => one.publishResponse),
    endToEnd: percentilesOf(all, valid, (one) => one.endToEndResponse),
    clientCpuMicrosPerMessage: median(all.map((one) => one.clientCpuMicrosPerMessage)),
    brokerCpuMicrosPerMessage: brokerCpu.length === 0 ? undefined : median(brokerCpu),
    estimates: estimatesOf({ figures: all, tailFigures: valid }),
    figures: all,
    tailFigures: valid,
    step: undefined,
  };
}

type Rounds = Pick<PriceRow, 'figures' | 'tailFigures'>;

function valuesOf(metric: MetricId, { figures, tailFigures }: Rounds): readonly number[] {
  const { of, isTail } = metrics[metric];
  return (isTail ? tailFigures : figures).flatMap((round) => of(round) ?? []);
}

function estimatesOf(rounds: Rounds): PriceRow['estimates'] {
  return Object.fromEntries(
    metricIds.flatMap((metric) => {
      const values = valuesOf(metric, rounds);
      return values.length === 0 ? [] : [[metric, estimateOf(values)] as const];
    }),
  );
}

/** The median of each percentile over the rounds. */
function percentilesOf(
  all: readonly PerformanceFigures[],
  valid: readonly PerformanceFigures[],
  of: (figures: PerformanceFigures) => DistributionRecord,
): Percentiles | undefined {
  const counted = all.map(of).filter(({ count }) => count > 0);
  if (counted.length === 0) return undefined;
  return {
    p50Ns: median(counted.map(({ p50Ns }) => p50Ns)),
    tail: tailOf(valid.map(of).filter(({ count }) => count > 0)),
  };
}

function tailOf(rounds: readonly DistributionRecord[]): Tail | undefined {
  if (rounds.length === 0) return undefined;
  return {
    p99Ns: median(rounds.map(({ p99Ns }) => p99Ns)),
    p999Ns: median(rounds.map(({ p999Ns }) => p999Ns)),
    maxNs: Math.max(...rounds.map(({ maxNs }) => maxNs)),
  };
}

/** Engine by engine, the weakest promise first, each compared with the one before it. */
function withSteps(rows: readonly PriceRow[]): PriceRow[] {
  return [...groupBy(rows, (row) => row.engine).values()].flatMap((ofEngine) => {
    const sorted = [...ofEngine].sort((a, b) => strengthOf(a) - strengthOf(b));
    return sorted.map((row, at) => {
      const before = sorted[at - 1];
      return before === undefined ? row : { ...row, step: stepOf(before, row) };
    });
  });
}

function stepOf(before: PriceRow, row: PriceRow): Step {
  return {
    from: before.name,
    publishP99: factorOf(before, row, 'publish-p99'),
    endToEndP99: factorOf(before, row, 'e2e-p99'),
    clientCpu: factorOf(before, row, 'client-cpu'),
    throughput: factorOf(before, row, 'throughput'),
  };
}

function factorOf(before: PriceRow, row: PriceRow, metric: MetricId): StepFactor | undefined {
  const from = valuesOf(metric, before).filter((value) => value > 0);
  const to = valuesOf(metric, row).filter((value) => value > 0);
  if (from.length === 0 || to.length === 0) return undefined;
  return changeOf(from, to, plainRequest.alpha);
}
