import type { ActorEnd } from '../actors/actor.ts';
import { type MergedFigures, mergeReports } from '../measure/merge-reports.ts';
import { type MergedWindows, mergeWindows } from '../measure/merge-windows.ts';
import type { RedeliveryFigures } from '../measure/redelivery-watch.ts';
import { perSecond } from '../measure/per-second.ts';
import { judgeValidity } from '../measure/validity.ts';
import type { RepliesRecord } from '../record/replies-schema.ts';
import type { ClientThread } from '../record/worker-schema.ts';
import type { CountsRecord, PerformanceFigures, PerformanceRecord } from '../record/schema.ts';
import { plannedRate } from '../actors/arrivals/timetable-of.ts';
import { copiesOf } from './copies.ts';
import { stageTexts } from './load-stages.ts';
import type { Play } from './play.ts';
import { brokersMicros, perMessage } from './resources.ts';
import { messagesOf } from './sent-messages.ts';
import type { Stage } from './stage.ts';

export interface CellFigures extends MergedFigures {
  readonly clientCpuMicros: number;
  /** CPU time of the actor that took most. */
  readonly busiestMicros: number;
  readonly clientThreads: readonly ClientThread[];
  /** Of what came again; undefined where nothing did. */
  readonly redelivery: RedeliveryFigures | undefined;
  readonly windows: MergedWindows;
  /** Of all producers. */
  readonly pacingNs: number;
  /** Of the one requester; undefined where there was none, and where it left no report. */
  readonly replies: RepliesRecord | undefined;
}

/** What the actors of the cell measured, once all have ended. */
export async function collectFigures(stage: Stage): Promise<CellFigures> {
  const actors = stage.troupe.all();
  const ends: readonly ActorEnd[] = await Promise.all(actors.map((actor) => actor.ended));
  const reports = ends.flatMap((end) => (end.how === 'finished' ? [end.report] : []));
  const pauses = ends.flatMap((end) => (end.how === 'finished' ? end.pauses.seconds : []));
  const redelivery = stage.history.redelivery.finish();
  const producers = reports.filter((report) => report.role === 'producer');
  const consumers = reports.filter((report) => report.role === 'consumer');
  const { scenario } = stage.cell;
  const audience = { copies: copiesOf(scenario), isWhole: reports.length === ends.length };
  const again = redelivery === undefined ? [] : [redelivery.series];
  const merged = mergeReports(producers, consumers, audience, { redelivery: again, pauses });
  const windows = mergeWindows(
    [...[...producers, ...consumers].map(({ series }) => series), ...again],
    { epochs: stage.windows.epochs(), stages: stageTexts(scenario.workload.load) },
    audience,
  );
  const cpuMicros = reports.map((report) => report.cpuMicros);
  return {
    ...merged,
    clientCpuMicros: cpuMicros.reduce((sum, micros) => sum + micros, 0),
    busiestMicros: Math.max(0, ...cpuMicros),
    clientThreads: actors.flatMap(({ spec }, at) => threadsOf(spec.name, ends[at])),
    redelivery,
    windows,
    pacingNs: producers.reduce((sum, { pacingNs }) => sum + pacingNs, 0),
    replies: consumers.find(({ replies }) => replies !== undefined)?.replies,
  };
}

function threadsOf(name: string, end: ActorEnd | undefined): readonly ClientThread[] {
  if (end?.how !== 'finished') return [];
  const { report, pauses } = end;
  const { gc, loopDelay } = pauses;
  return [{ name, role: report.role, cpuMicros: report.cpuMicros, gc, loopDelay }];
}

/** The price of a timed cell; a conformance cell shares the machine and carries none. */
export function priceOf(
  stage: Stage,
  play: Play,
  counts: CountsRecord,
  merged: CellFigures,
): PerformanceRecord {
  if (stage.cell.scenario.kind !== 'timed') {
    return { status: 'untimed', reason: 'a conformance cell: it shares the machine with others' };
  }
  const figures = figuresOf(stage, play, counts, merged);
  const { load } = stage.cell.scenario.workload;
  const validity = judgeValidity({
    // What the instants of this very load amount to: the mean rate holds for endless ones.
    targetRatePerSecond: load.kind === 'open' ? plannedRate(load, stage.cell.loadSeed) : 0,
    achievedRatePerSecond: figures.achievedRatePerSecond,
    lateness: figures.lateness,
    publishResponse: stage.cell.traits.sendReply === 'none' ? undefined : figures.publishResponse,
    endToEndResponse: figures.endToEndResponse,
    dropped: merged.dropped,
    drained: play.drain.complete,
    clientBusyShare: figures.clientBusyShare,
    warmUp: play.warmUp,
    harnessCpuShare: figures.harnessCpuShare,
  });
  return validity.status === 'valid'
    ? { status: 'valid', figures }
    : { ...validity, reasons: [...validity.reasons], figures };
}

function figuresOf(
  stage: Stage,
  play: Play,
  counts: CountsRecord,
  merged: CellFigures,
): PerformanceFigures {
  const { load } = stage.cell.scenario.workload;
  const { before, after } = play.cpu;
  const brokerMicros = sumOf(brokersMicros(play.cpu).map(({ micros }) => micros));
  const { sent, delivered } = messagesOf(stage, counts);
  const activeNs = Math.max(merged.lastSendNs, merged.lastDeliverNs) - merged.firstSendNs;
  const elapsedMicros = (after.atNs - before.atNs) / 1e3;
  const { publishResponse, publishService, endToEndResponse, endToEndService } = merged;
  return {
    targetRatePerSecond: load.kind === 'open' ? load.ratePerSecond : 0,
    achievedRatePerSecond: perSecond(
      sent - merged.firstSent,
      merged.lastSendNs - merged.firstSendNs,
    ),
    deliveredRatePerSecond: perSecond(
      delivered - merged.firstDelivered,
      merged.lastDeliverNs - merged.firstDeliverNs,
    ),
    publishResponse,
    publishService,
    endToEndResponse,
    endToEndService,
    lateness: merged.lateness,
    clientBlocked: merged.clientBlocked,
    clientCpuMicrosPerMessage: perMessage(merged.clientCpuMicros, sent),
    brokerCpuMicrosPerMessage: brokerMicros === undefined ? null : perMessage(brokerMicros, sent),
    clientBusyShare: activeNs > 0 ? (merged.busiestMicros * 1e3) / activeNs : 0,
    harnessCpuShare:
      (after.harnessMicros - before.harnessMicros) / (elapsedMicros * stage.environment.cores),
  };
}

/** Of no node nothing is known; of several only when it is of each. */
function sumOf(micros: readonly (number | undefined)[]): number | undefined {
  const known = micros.filter((each) => each !== undefined);
  if (known.length === 0 || known.length < micros.length) return undefined;
  return known.reduce((sum, each) => sum + each, 0);
}
