import type { LatencyInterval } from '../record/latency-log.ts';
import type { DistributionRecord, SecondRow } from '../record/schema.ts';
import { mergeDistributions } from './distributions.ts';
import { mergeSeries } from './merge-series.ts';
import type { Series } from './second-series.ts';
import type { Audience } from './standing.ts';
import type { PauseSecond } from './thread-pauses.ts';

/** What a producer measured; `ProducerReport` is one. */
export interface PublishFigures {
  readonly publishResponse: DistributionRecord;
  readonly publishService: DistributionRecord;
  readonly lateness: DistributionRecord;
  readonly clientBlocked: DistributionRecord;
  readonly dropped: number;
  /** Of these, after the warm-up. */
  readonly droppedMeasured: number;
  readonly firstSendNs: number;
  readonly firstSent: number;
  readonly lastSendNs: number;
  readonly series: Series;
}

/** What a consumer measured; `ConsumerReport` is one. */
export interface EndToEndFigures {
  readonly endToEndResponse: DistributionRecord;
  readonly endToEndService: DistributionRecord;
  readonly firstDeliverNs: number;
  readonly firstDelivered: number;
  readonly lastDeliverNs: number;
  readonly series: Series;
}

/** All actors of a cell as one. An instant that never came is -1. */
export interface MergedFigures {
  readonly publishResponse: DistributionRecord;
  readonly publishService: DistributionRecord;
  readonly lateness: DistributionRecord;
  readonly clientBlocked: DistributionRecord;
  readonly endToEndResponse: DistributionRecord;
  readonly endToEndService: DistributionRecord;
  readonly dropped: number;
  readonly firstSendNs: number;
  /** What left at that instant: it stands for the time before, during which it was gathered. */
  readonly firstSent: number;
  readonly lastSendNs: number;
  readonly firstDeliverNs: number;
  readonly firstDelivered: number;
  readonly lastDeliverNs: number;
  readonly series: readonly SecondRow[];
  readonly seriesTotal: number;
  readonly intervals: readonly LatencyInterval[];
}

/** What the coordinator saw itself: what came again, and what held up the clients' threads. */
export interface SeenBeside {
  readonly redelivery: readonly Series[];
  readonly pauses: readonly PauseSecond[];
}

/**
 * A crashed actor leaves no report: its latencies are missing here, its events are in the history.
 *
 * @param audience with the deliveries that each message should have had, and that a dropped one never will
 */
export function mergeReports(
  producers: readonly PublishFigures[],
  consumers: readonly EndToEndFigures[],
  audience: Audience,
  beside: SeenBeside,
): MergedFigures {
  const neverDelivered =
    producers.reduce((sum, report) => sum + report.droppedMeasured, 0) * audience.copies;
  const series = [...producers, ...consumers].map((report) => report.series);
  const { rows, total, intervals } = mergeSeries(
    [...series, ...beside.redelivery],
    beside.pauses,
    audience,
  );
  const firstSendNs = earliest(producers.map((report) => report.firstSendNs));
  const firstDeliverNs = earliest(consumers.map((report) => report.firstDeliverNs));
  return {
    publishResponse: mergeDistributions(producers.map((report) => report.publishResponse)),
    publishService: mergeDistributions(producers.map((report) => report.publishService)),
    lateness: mergeDistributions(producers.map((report) => report.lateness)),
    clientBlocked: mergeDistributions(producers.map((report) => report.clientBlocked)),
    endToEndResponse: mergeDistributions(
      consumers.map((report) => report.endToEndResponse),
      neverDelivered,
    ),
    endToEndService: mergeDistributions(consumers.map((report) => report.endToEndService)),
    dropped: sumOf(producers, ({ dropped }) => dropped),
    firstSendNs,
    firstSent: sumOf(producers, (one) => (one.firstSendNs === firstSendNs ? one.firstSent : 0)),
    lastSendNs: Math.max(-1, ...producers.map((report) => report.lastSendNs)),
    firstDeliverNs,
    firstDelivered: sumOf(consumers, (one) =>
      one.firstDeliverNs === firstDeliverNs ? one.firstDelivered : 0,
    ),
    lastDeliverNs: Math.max(-1, ...consumers.map((report) => report.lastDeliverNs)),
    series: rows,
    seriesTotal: total,
    intervals,
  };
}

function sumOf<T>(reports: readonly T[], of: (report: T) => number): number {
  return reports.reduce((sum, report) => sum + of(report), 0);
}

function earliest(instantsNs: readonly number[]): number {
  const came = instantsNs.filter((ns) => ns >= 0);
  return came.length === 0 ? -1 : Math.min(...came);
}
