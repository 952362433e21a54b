import type { ActorEnd, ConsumerReport, ProducerReport } from '../actors/actor.ts';
import { mergeDistributions } from '../measure/distributions.ts';
import { judgeValidity } from '../measure/validity.ts';
import type { CountsRecord, PerformanceFigures, PerformanceRecord } from '../record/schema.ts';
import type { Play } from './play.ts';
import type { Stage } from './stage.ts';

export interface Reports {
  readonly producers: readonly ProducerReport[];
  readonly consumers: readonly ConsumerReport[];
}

export async function collectReports(stage: Stage): Promise<Reports> {
  const ends: readonly ActorEnd[] = await Promise.all(
    [...stage.troupe.producers, ...stage.troupe.consumers].map((actor) => actor.ended),
  );
  const reports = ends.flatMap((end) => (end.how === 'finished' ? [end.report] : []));
  return {
    producers: reports.filter((report) => report.role === 'producer'),
    consumers: reports.filter((report) => report.role === 'consumer'),
  };
}

/** The price of a timed cell; a conformance cell shares the machine and carries none. */
export function priceOf(
  stage: Stage,
  play: Play,
  counts: CountsRecord,
  reports: Reports,
): PerformanceRecord {
  if (stage.cell.scenario.kind !== 'timed') {
    return { status: 'untimed', reason: 'a conformance cell: it shares the machine with others' };
  }
  const figures = figuresOf(stage, play, counts, reports);
  const { load } = stage.cell.scenario.workload;
  const validity = judgeValidity({
    targetRatePerSecond: load.kind === 'open' ? load.ratePerSecond : 0,
    achievedRatePerSecond: figures.achievedRatePerSecond,
    lateness: figures.lateness,
    publishResponse: stage.cell.traits.sendReply === 'none' ? undefined : figures.publishResponse,
    endToEndResponse: figures.endToEndResponse,
    dropped: reports.producers.reduce((sum, producer) => sum + producer.dropped, 0),
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
  { producers, consumers }: Reports,
): PerformanceFigures {
  const { load } = stage.cell.scenario.workload;
  const { before, after } = play.cpu;
  const first = Math.min(...producers.map((producer) => producer.firstSendNs));
  const last = Math.max(...producers.map((producer) => producer.lastSendNs));
  const firstDelivery = Math.min(...consumers.map((consumer) => consumer.firstDeliverNs));
  const lastDelivery = Math.max(...consumers.map((consumer) => consumer.lastDeliverNs));
  const clientCpuMicros = [...producers, ...consumers].reduce(
    (sum, report) => sum + report.cpuMicros,
    0,
  );
  const brokerMicros =
    before.brokerMicros === undefined || after.brokerMicros === undefined
      ? undefined
      : after.brokerMicros - before.brokerMicros;
  const elapsedMicros = (after.atNs - before.atNs) / 1e3;
  return {
    targetRatePerSecond: load.kind === 'open' ? load.ratePerSecond : 0,
    achievedRatePerSecond: perSecond(counts.sent - 1, last - first),
    deliveredRatePerSecond: perSecond(counts.delivered - 1, lastDelivery - firstDelivery),
    publishResponse: mergeDistributions(producers.map((report) => report.publishResponse)),
    publishService: mergeDistributions(producers.map((report) => report.publishService)),
    endToEndResponse: mergeDistributions(consumers.map((report) => report.endToEndResponse)),
    endToEndService: mergeDistributions(consumers.map((report) => report.endToEndService)),
    lateness: mergeDistributions(producers.map((report) => report.lateness)),
    clientBlocked: mergeDistributions(producers.map((report) => report.clientBlocked)),
    clientCpuMicrosPerMessage: perMessage(clientCpuMicros, counts.sent),
    brokerCpuMicrosPerMessage:
      brokerMicros === undefined ? null : perMessage(brokerMicros, counts.sent),
    harnessCpuShare:
      (after.harnessMicros - before.harnessMicros) / (elapsedMicros * stage.environment.cores),
    proxyAddedMedianNs: null,
  };
}

/** Events after the first, over the time from the first to the last: what a rate is made of. */
function perSecond(intervals: number, elapsedNs: number): number {
  return intervals > 0 && elapsedNs > 0 ? (intervals * 1e9) / elapsedNs : 0;
}

function perMessage(micros: number, messages: number): number {
  return messages === 0 ? 0 : micros / messages;
}
