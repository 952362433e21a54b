import { messagesOfStage } from '../../scenarios/load.ts';
import { LatencyRecorder } from '../measure/latency-recorder.ts';
import type { ExerciseRecord } from '../record/exercise-schema.ts';
import type { FaultRecord } from '../record/schema.ts';
import type { WindowRow } from '../record/window-schema.ts';
import type { SecondSample } from '../measure/second-series.ts';
import type { Stage } from './stage.ts';
import { tapsOf } from './taps.ts';

/** From the instant at which the broker was gone, until what came meanwhile must have been made up for. */
interface Outage {
  readonly startNs: number;
  readonly endNs: number;
}

/** What the taps of the cell came to; null where it has none. All actors must have ended. */
export async function exerciseOf(
  stage: Stage,
  faults: readonly FaultRecord[],
  windows: readonly WindowRow[],
): Promise<ExerciseRecord | null> {
  const taps = tapsOf(stage.cell.scenario);
  if (taps.length === 0) return null;
  const outages = outagesOf(stage, faults);
  return {
    ...stage.history.exercise.record(),
    stages: stagesOf(stage, outages, windows),
    examined: await examinedOf(stage, outages),
  };
}

/** Of the broker; a consumer that dies is no excuse for another group. */
function outagesOf({ cell }: Stage, faults: readonly FaultRecord[]): readonly Outage[] {
  const examining = tapsOf(cell.scenario).flatMap(({ tap: { does } }) =>
    does.kind === 'examine' ? [does.catchUpMs] : [],
  );
  const catchUpNs = Math.max(0, ...examining) * 1e6;
  return faults
    .filter(({ kind }) => kind !== 'crash-consumer' && kind !== 'crash-transformer')
    .map(({ startedNs, stoppedNs }) => ({ startNs: startedNs, endNs: stoppedNs + catchUpNs }));
}

function stagesOf(
  { cell }: Stage,
  outages: readonly Outage[],
  windows: readonly WindowRow[],
): ExerciseRecord['stages'] {
  const { load } = cell.scenario.workload;
  if (load.kind !== 'open' || load.arrivals?.kind !== 'stages') return [];
  return load.arrivals.stages.map((stage, number) => {
    const row = windows.find(({ of }) => of.kind === 'stage' && of.stage === number);
    const seconds = row === undefined ? 0 : (row.endNs - row.startNs) / 1e9;
    const isOutage = outages.some(
      ({ startNs, endNs }) => row !== undefined && startNs < row.endNs && endNs > row.startNs,
    );
    return {
      arrivals: row?.of.kind === 'stage' ? row.of.arrivals : '',
      plannedPerSecond: (messagesOfStage(stage) * 1_000) / stage.durationMs,
      achievedPerSecond: row === undefined || seconds === 0 ? 0 : row.sent / seconds,
      isOutage,
    };
  });
}

/** By whole seconds: one in which an outage begins or ends is within it. */
async function examinedOf(
  { troupe }: Stage,
  outages: readonly Outage[],
): Promise<ExerciseRecord['examined']> {
  const readers = troupe.consumers.filter(
    ({ spec }) => spec.role === 'consumer' && spec.tap?.kind === 'examine',
  );
  const ends = await Promise.all(readers.map(async (reader) => reader.ended));
  const samples: SecondSample[] = [];
  for (const end of ends) {
    if (end.how !== 'finished' || end.report.role !== 'consumer') return null;
    samples.push(...end.report.series.seconds);
  }
  const isWithin = ({ second }: SecondSample): boolean =>
    outages.some(({ startNs, endNs }) => second >= floor(startNs) && second <= floor(endNs));
  const outside = responsesIn(samples.filter((sample) => !isWithin(sample)));
  if (outside === null) return null;
  const spans = outages.map(({ startNs, endNs }) => floor(endNs) - floor(startNs) + 1);
  return {
    outside,
    within: responsesIn(samples.filter(isWithin)),
    windowNs: spans.reduce((sum, seconds) => sum + seconds, 0) * 1e9,
  };
}

const floor = (ns: number): number => Math.floor(ns / 1e9);

function responsesIn(
  samples: readonly SecondSample[],
): NonNullable<ExerciseRecord['examined']>['within'] {
  const recorder = new LatencyRecorder();
  try {
    for (const { histograms } of samples) {
      recorder.addEncoded(histograms['end-to-end-response'] ?? '');
    }
    if (recorder.count === 0) return null;
    return {
      count: recorder.count,
      p50Ns: recorder.percentileNs(50),
      p99Ns: recorder.percentileNs(99),
      maxNs: recorder.maxNs,
    };
  } finally {
    recorder.destroy();
  }
}
