import { type TimedDistribution, timedDistributions } from '../record/series-schema.ts';
import type { WindowQuantiles, WindowRow } from '../record/window-schema.ts';
import { type Epoch, type EpochGroup, groupsOf, maximumStages } from './epochs.ts';
import { LatencyRecorder } from './latency-recorder.ts';
import type { SecondSample, Series } from './second-series.ts';
import { type Audience, audienceOf, Standing } from './standing.ts';

/** Most rows of a cell: a hundred stages, or forty faults. */
export const maximumWindows = 128;

export interface MergedWindows {
  readonly rows: readonly WindowRow[];
  readonly total: number;
}

/** The course of a cell: its epochs one after another, and its stages as they were asked for. */
export interface Course {
  readonly epochs: readonly Epoch[];
  readonly stages: readonly string[];
}

/** Figures by phase, by stage and around each fault. Needs `prepareRecorders`. */
export function mergeWindows(
  series: readonly Series[],
  { epochs, stages }: Course,
  audience: Audience,
): MergedWindows {
  const groups = groupsOf(epochs, stages);
  const shown = groups.slice(0, maximumWindows);
  const levels = levelsOf(series, audienceOf(series, audience));
  const tallies = talliesOf(series, epochs.length);
  const latencies = latenciesOf(series, shown, epochs.length);
  const rows = shown.map((group, at): WindowRow => {
    const sum = (what: keyof Tally): number =>
      group.epochs.reduce((total, number) => total + (tallies[number]?.[what] ?? 0), 0);
    return {
      of: group.of,
      ...spanOf(group, epochs),
      sent: sum('sent'),
      acknowledged: sum('acknowledged'),
      failed: sum('failed'),
      unknown: sum('unknown'),
      delivered: sum('delivered'),
      inFlight: standingOf(levels, group, 'inFlight'),
      backlog: standingOf(levels, group, 'backlog'),
      latencies: latencies[at] ?? {},
    };
  });
  return { rows, total: groups.length + Math.max(0, stages.length - maximumStages) };
}

/** What happened in an epoch. */
interface Tally {
  sent: number;
  acknowledged: number;
  failed: number;
  unknown: number;
  delivered: number;
}

function talliesOf(series: readonly Series[], epochs: number): readonly Tally[] {
  const tallies = Array.from(
    { length: epochs },
    (): Tally => ({ sent: 0, acknowledged: 0, failed: 0, unknown: 0, delivered: 0 }),
  );
  for (const { kind, seconds } of series) {
    for (const sample of seconds) {
      const tally = tallies[sample.epoch];
      if (tally === undefined) continue;
      if (kind === 'end-to-end') tally.delivered += sample.delivered;
      if (kind !== 'publish') continue;
      tally.sent += sample.sent;
      tally.acknowledged += sample.acknowledged;
      tally.failed += sample.failed;
      tally.unknown += sample.unknown;
    }
  }
  return tallies;
}

function spanOf({ epochs: own }: EpochGroup, epochs: readonly Epoch[]) {
  return {
    startNs: Math.min(...own.map((number) => epochs[number]?.startNs ?? 0)),
    endNs: Math.max(...own.map((number) => epochs[number]?.endNs ?? 0)),
  };
}

/** What was on its way at the end of one second of an epoch. */
interface Level {
  readonly epoch: number;
  readonly inFlight: number | null;
  readonly backlog: number | null;
}

function levelsOf(series: readonly Series[], audience: Audience): readonly Level[] {
  const steps = new Map<number, { publish: SecondSample[]; endToEnd: SecondSample[] }>();
  for (const { kind, seconds } of series) {
    if (kind === 'redelivery') continue;
    for (const sample of seconds) {
      const key = sample.epoch * 2 ** 32 + sample.second;
      const step = steps.get(key) ?? { publish: [], endToEnd: [] };
      steps.set(key, step);
      (kind === 'publish' ? step.publish : step.endToEnd).push(sample);
    }
  }
  const standing = new Standing(audience);
  return [...steps]
    .sort(([a], [b]) => a - b)
    .map(([key, { publish, endToEnd }]) => ({
      epoch: Math.floor(key / 2 ** 32),
      ...standing.after(publish, endToEnd),
    }));
}

function standingOf(
  levels: readonly Level[],
  { epochs }: EpochGroup,
  what: 'inFlight' | 'backlog',
): WindowRow['inFlight'] {
  const first = Math.min(...epochs);
  const last = Math.max(...epochs);
  // What stood at its beginning stands at its end where nothing happened in it.
  const atStart = levels.findLast(({ epoch }) => epoch < first)?.[what] ?? 0;
  const within = levels.filter(({ epoch }) => epoch >= first && epoch <= last);
  if (levels.some((level) => level[what] === null)) return null;
  const values = within.map((level) => level[what] ?? 0);
  return { most: Math.max(atStart, ...values), atEnd: values.at(-1) ?? atStart };
}

type Latencies = WindowRow['latencies'];

/** Each histogram is decoded once: into its epoch, and the epochs into the groups that have them. */
function latenciesOf(
  series: readonly Series[],
  groups: readonly EpochGroup[],
  epochs: number,
): readonly Latencies[] {
  const samples = series.flatMap((one) => one.seconds);
  const ofEpoch = Array.from({ length: epochs }, (): SecondSample[] => []);
  for (const sample of samples) ofEpoch[sample.epoch]?.push(sample);
  const found = groups.map((): Latencies => ({}));
  for (const name of timedDistributions) {
    const recorders = groups.map(() => new LatencyRecorder());
    const part = new LatencyRecorder();
    try {
      for (const [number, own] of ofEpoch.entries()) {
        const takers = recorders.filter((_, at) => groups[at]?.measured.includes(number) ?? false);
        addAll(part, takers, own, ({ histograms }) => histograms[name]);
      }
      const warmUps = recorders.filter((_, at) => isWarmUp(groups[at]));
      addAll(part, warmUps, samples, ({ warmup }) => warmup[name]);
      keepQuantiles(found, recorders, name);
    } finally {
      for (const recorder of [part, ...recorders]) recorder.destroy();
    }
  }
  return found;
}

function isWarmUp(group: EpochGroup | undefined): boolean {
  return group?.of.kind === 'phase' && group.of.phase === 'warmup';
}

function addAll(
  part: LatencyRecorder,
  takers: readonly LatencyRecorder[],
  samples: readonly SecondSample[],
  histogramOf: (sample: SecondSample) => string | undefined,
): void {
  if (takers.length === 0) return;
  for (const sample of samples) part.addEncoded(histogramOf(sample) ?? '');
  if (part.count === 0) return;
  for (const taker of takers) taker.merge(part);
  part.reset();
}

function keepQuantiles(
  found: Latencies[],
  recorders: readonly LatencyRecorder[],
  name: TimedDistribution,
): void {
  for (const [at, recorder] of recorders.entries()) {
    if (recorder.count > 0) found[at] = { ...found[at], [name]: quantilesOf(recorder) };
  }
}

function quantilesOf(recorder: LatencyRecorder): WindowQuantiles {
  return {
    count: recorder.count,
    p50Ns: recorder.percentileNs(50),
    p90Ns: recorder.percentileNs(90),
    p99Ns: recorder.percentileNs(99),
    p999Ns: recorder.percentileNs(99.9),
    maxNs: recorder.maxNs,
  };
}
