import type { ActorEnd } from '../actors/actor.ts';
import { type MergedFigures, mergeReports } from '../measure/merge-reports.ts';
import { judgeValidity } from '../measure/validity.ts';
import type { CountsRecord, PerformanceFigures, PerformanceRecord } from '../record/schema.ts';
import type { Play } from './play.ts';
import type { Stage } from './stage.ts';

/** What the actors of the cell measured, once all have ended. */
export async function collectFigures(stage: Stage): Promise<MergedFigures> {
  const ends: readonly ActorEnd[] = await Promise.all(
    stage.troupe.all().map((actor) => actor.ended),
  );
  const reports = ends.flatMap((end) => (end.how === 'finished' ? [end.report] : []));
  return mergeReports(
    reports.filter((report) => report.role === 'producer'),
    reports.filter((report) => report.role === 'consumer'),
  );
}

/** The price of a timed cell; a conformance cell shares the machine and carries none. */
export function priceOf(
  stage: Stage,
  play: Play,
  counts: CountsRecord,
  merged: MergedFigures,
): PerformanceRecord {
  if (stage.cell.scenario.kind !== 'timed') {
    return { status: 'untimed', reason: 'a conformance cell: it shares the machine with others' };
  }
  const figures = figuresOf(stage, play, counts, merged);
  const validity = judgeValidity({
    targetRatePerSecond: figures.targetRatePerSecond,
    achievedRatePerSecond: figures.achievedRatePerSecond,
    lateness: figures.lateness,
    publishResponse: stage.cell.traits.sendReply === 'none' ? undefined : figures.publishResponse,
    endToEndResponse: figures.endToEndResponse,
    dropped: merged.dropped,
    drained: play.drain.complete,
    harnessCpuShare: figures.harnessCpuShare,
  });
  return validity.status === 'valid'
    ? { status: 'valid', figures }
    : { status: 'invalid', reasons: [...validity.reasons], figures };
}

function figuresOf(
  stage: Stage,
  play: Play,
  counts: CountsRecord,
  merged: MergedFigures,
): PerformanceFigures {
  const { load } = stage.cell.scenario.workload;
  const { before, after } = play.cpu;
  const brokerMicros =
    before.brokerMicros === undefined || after.brokerMicros === undefined
      ? undefined
      : after.brokerMicros - before.brokerMicros;
  const elapsedMicros = (after.atNs - before.atNs) / 1e3;
  const { publishResponse, publishService, endToEndResponse, endToEndService } = merged;
  return {
    targetRatePerSecond: load.kind === 'open' ? load.ratePerSecond : 0,
    achievedRatePerSecond: perSecond(counts.sent - 1, merged.lastSendNs - merged.firstSendNs),
    deliveredRatePerSecond: perSecond(
      counts.delivered - 1,
      merged.lastDeliverNs - merged.firstDeliverNs,
    ),
    publishResponse,
    publishService,
    endToEndResponse,
    endToEndService,
    lateness: merged.lateness,
    clientBlocked: merged.clientBlocked,
    clientCpuMicrosPerMessage: perMessage(merged.clientCpuMicros, counts.sent),
    brokerCpuMicrosPerMessage:
      brokerMicros === undefined ? null : perMessage(brokerMicros, counts.sent),
    harnessCpuShare:
      (after.harnessMicros - before.harnessMicros) / (elapsedMicros * stage.environment.cores),
  };
}

/** Events after the first, over the time from the first to the last: what a rate is made of. */
function perSecond(intervals: number, elapsedNs: number): number {
  return intervals > 0 && elapsedNs > 0 ? (intervals * 1e9) / elapsedNs : 0;
}

function perMessage(micros: number, messages: number): number {
  return messages === 0 ? 0 : micros / messages;
}
