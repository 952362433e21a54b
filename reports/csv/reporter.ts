import type {
  CellRecord,
  PerformanceFigures,
  PerformanceRecord,
  RunRecord,
} from '../../harness/record/schema.ts';
import { isJudged } from '../model/cells.ts';
import { stateOf } from '../model/matrix.ts';
import type { Reporter } from '../report.ts';
import { csvOf } from './safe-csv.ts';

/** A row for each cell, controls included: what became of it, what was counted, and what was measured. */
export const csv: Reporter = { id: 'csv', extension: 'csv', render: renderCsv };

type Field = string | number | undefined;

const ofCell: Readonly<Record<string, (cell: CellRecord) => Field>> = {
  cell: ({ id }) => id,
  engine: ({ engine }) => engine,
  profile: ({ profile }) => profile,
  scenario: ({ scenario }) => scenario,
  round: ({ round }) => round,
  seed: ({ seed }) => seed,
  level: ({ level }) => level,
  control: ({ control }) => control.kind,
  state: (cell) => (cell.status === 'judged' ? stateOf(cell) : cell.status),
  target: (cell) => (isJudged(cell) ? cell.target.title : undefined),
  acknowledged: (cell) => (isJudged(cell) ? cell.counts.acknowledged : undefined),
  delivered: (cell) => (isJudged(cell) ? cell.counts.delivered : undefined),
  seen: (cell) => seenText(cell),
  longestGapNs: (cell) => (isJudged(cell) ? (cell.longestGapNs ?? undefined) : undefined),
  measurement: (cell) => (isJudged(cell) ? measurementOf(cell.performance) : undefined),
};

const measured: Readonly<Record<string, (figures: PerformanceFigures) => Field>> = {
  targetRatePerSecond: ({ targetRatePerSecond }) => targetRatePerSecond,
  achievedRatePerSecond: ({ achievedRatePerSecond }) => achievedRatePerSecond,
  deliveredRatePerSecond: ({ deliveredRatePerSecond }) => deliveredRatePerSecond,
  publishP50Ns: ({ publishResponse }) => counted(publishResponse)?.p50Ns,
  publishP99Ns: ({ publishResponse }) => counted(publishResponse)?.p99Ns,
  endToEndP50Ns: ({ endToEndResponse }) => counted(endToEndResponse)?.p50Ns,
  endToEndP99Ns: ({ endToEndResponse }) => counted(endToEndResponse)?.p99Ns,
  latenessP99Ns: ({ lateness }) => counted(lateness)?.p99Ns,
  clientCpuMicrosPerMessage: ({ clientCpuMicrosPerMessage }) => clientCpuMicrosPerMessage,
  brokerCpuMicrosPerMessage: ({ brokerCpuMicrosPerMessage }) =>
    brokerCpuMicrosPerMessage ?? undefined,
};

/** Where the middle stands, p99 does not. */
function measurementOf(performance: PerformanceRecord): string {
  return performance.status === 'invalid' && performance.middleStands
    ? 'invalid, middle stands'
    : performance.status;
}

function renderCsv(record: RunRecord): string {
  const rows = record.cells.map((cell) => {
    const figures =
      isJudged(cell) && cell.performance.status !== 'untimed'
        ? cell.performance.figures
        : undefined;
    return [
      ...Object.values(ofCell).map((of) => of(cell)),
      ...Object.values(measured).map((of) => (figures === undefined ? undefined : of(figures))),
    ];
  });
  return csvOf([...Object.keys(ofCell), ...Object.keys(measured)], rows);
}

/** `D1 334/16000; D4 2/16000`: every anomaly that was seen, of its chances. */
function seenText(cell: CellRecord): string {
  if (!isJudged(cell)) return '';
  return cell.clauses
    .filter(({ count }) => count > 0)
    .map(({ check, count, exposure }) => `${check} ${count}/${exposure}`)
    .join('; ');
}

function counted<D extends { readonly count: number }>(distribution: D): D | undefined {
  return distribution.count > 0 ? distribution : undefined;
}
