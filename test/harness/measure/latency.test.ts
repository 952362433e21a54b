import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { mergeDistributions } from '../../../harness/measure/distributions.ts';
import {
  ceilingNs,
  LatencyRecorder,
  prepareRecorders,
} from '../../../harness/measure/latency-recorder.ts';
import { mergeReports } from '../../../harness/measure/merge-reports.ts';
import { mergeSeries } from '../../../harness/measure/merge-series.ts';
import { SecondDistribution } from '../../../harness/measure/second-distribution.ts';
import { SecondSeries } from '../../../harness/measure/second-series.ts';
import type { DistributionRecord } from '../../../harness/record/schema.ts';

beforeAll(prepareRecorders);

function distributionOf(valuesNs: readonly number[]): DistributionRecord {
  const recorder = new LatencyRecorder();
  for (const value of valuesNs) recorder.record(value);
  const snapshot = recorder.snapshot();
  recorder.destroy();
  return snapshot;
}

/** The definition: the smallest value that at least so many per cent of the samples do not exceed. */
function exactQuantile(valuesNs: readonly number[], percentile: number): number {
  const sorted = [...valuesNs].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((percentile / 100) * sorted.length) - 1)] ?? 0;
}

const latencies = fc.array(fc.integer({ min: 0, max: 4_000_000_000 }), {
  minLength: 1,
  maxLength: 400,
});

describe('a latency recorder', () => {
  it('gives quantiles that are at most 0.1 % above the exact ones, never below', () => {
    fc.assert(
      fc.property(latencies, (values) => {
        const got = distributionOf(values);
        for (const [percentile, ns] of [
          [50, got.p50Ns],
          [90, got.p90Ns],
          [99, got.p99Ns],
        ] as const) {
          const exact = exactQuantile(values, percentile);
          expect(ns).toBeGreaterThanOrEqual(exact);
          expect(ns).toBeLessThanOrEqual(exact * 1.001 + 1);
        }
        expect(got.maxNs).toBe(Math.max(...values));
        expect(got.count).toBe(values.length);
      }),
    );
  });

  it('counts values that come in a row as it does those that do not', () => {
    const rows = fc.array(
      fc.tuple(fc.constantFrom(0, 5, 70_000, 1e15), fc.integer({ min: 1, max: 9 })),
    );
    fc.assert(
      fc.property(rows, (all) => {
        const values = all.flatMap(([value, times]) => Array<number>(times).fill(value));
        const apart = values.flatMap((value) => [value, 1_000]);
        const [alone, other] = [distributionOf(values), distributionOf(values.toReversed())];
        expect({ ...alone, meanNs: 0 }).toEqual({ ...other, meanNs: 0 });
        const recorder = new LatencyRecorder();
        for (const value of apart) recorder.record(value);
        const few = new LatencyRecorder();
        few.record(1_000);
        few.recordMany(1_000, Math.max(0, values.length - 1));
        for (const value of values) few.record(value);
        if (values.length > 0) expect(recorder.encode()).toBe(few.encode());
        for (const one of [recorder, few]) one.destroy();
      }),
    );
  });

  it('bounds what it cannot tell apart instead of failing', () => {
    const got = distributionOf([-5, 1e15, Number.POSITIVE_INFINITY]);
    expect(got).toMatchObject({ count: 3, maxNs: ceilingNs, p99Ns: ceilingNs });
    expect(distributionOf([])).toMatchObject({ count: 0, meanNs: 0, p50Ns: 0, maxNs: 0 });
  });

  it('starts afresh after a reset', () => {
    const recorder = new LatencyRecorder();
    recorder.recordMany(1_000, 5);
    recorder.reset();
    recorder.record(7);
    expect(recorder.snapshot()).toMatchObject({ count: 1, maxNs: 7, p99Ns: 7 });
    recorder.destroy();
  });
});

describe('merging', () => {
  it('of distributions equals recording everything in one', () => {
    fc.assert(
      fc.property(fc.array(latencies, { minLength: 1, maxLength: 4 }), (parts) => {
        const merged = mergeDistributions(parts.map(distributionOf));
        const whole = distributionOf(parts.flat());
        expect(merged).toMatchObject({
          count: whole.count,
          p50Ns: whole.p50Ns,
          p99Ns: whole.p99Ns,
          maxNs: whole.maxNs,
        });
        expect(merged.meanNs).toBeCloseTo(whole.meanNs, 0);
      }),
      { numRuns: 30 },
    );
  });

  it('refuses a histogram that was cut short', () => {
    const whole = distributionOf([1, 2, 3]);
    const cut = { ...whole, hdr: whole.hdr.slice(0, 20) };
    expect(() => mergeDistributions([cut])).toThrowError(
      expect.objectContaining({ code: 'BAD_RUN' }),
    );
  });

  it('of series adds the counts of a second and takes its quantiles over all actors', () => {
    const producer = () => {
      const response = new SecondDistribution();
      const series = new SecondSeries('publish', [['publish-response', response]]);
      return {
        series,
        acknowledged: (timeNs: number, responseNs: number, isWarmup = false) => {
          series.acknowledged(timeNs);
          response.record(responseNs, isWarmup);
        },
        finish: () => ({ series: series.finish(), whole: response.finish() }),
      };
    };
    const one = producer();
    one.series.sent(0.5e9, 3);
    one.acknowledged(0.6e9, 1_000, true);
    one.acknowledged(2.1e9, 5_000);
    const two = producer();
    two.series.sent(0.1e9, 2);
    two.acknowledged(0.2e9, 9_000);
    const endToEnd = new SecondDistribution();
    const consumer = new SecondSeries('end-to-end', [['end-to-end-response', endToEnd]]);
    consumer.delivered(2.9e9, 4);
    endToEnd.record(700, false);
    const [first, second] = [one.finish(), two.finish()];
    const { rows, total, intervals } = mergeSeries(
      [first.series, second.series, consumer.finish()],
      [
        { second: 0, gcNs: 5e6, loopDelayMaxNs: 1e6 },
        { second: 0, gcNs: 2e6, loopDelayMaxNs: 3e6 },
      ],
      { copies: 1, isWhole: true },
    );
    endToEnd.finish();
    // What was sent to warm up stands in its second, and in no figure of the whole.
    expect([first.whole.count, second.whole.count]).toEqual([1, 1]);
    expect(rows[0]).toMatchObject({ gcNs: 7e6, loopDelayMaxNs: 3e6 });
    expect(intervals.map(({ second: at, of }) => `${at} ${of}`)).toEqual([
      '0 publish-response',
      '2 publish-response',
      '2 end-to-end-response',
    ]);
    expect(total).toBe(2);
    expect(rows).toMatchObject([
      { second: 0, sent: 5, acknowledged: 2, delivered: 0, publishP50Ns: 1_000, endToEndMaxNs: 0 },
      { second: 2, sent: 0, acknowledged: 1, delivered: 4, endToEndP50Ns: 700 },
    ]);
    expect(rows[0]?.publishMaxNs).toBeGreaterThanOrEqual(9_000);
    expect(rows[0]?.publishMaxNs).toBeLessThanOrEqual(9_000 * 1.001);
  });

  it('of reports keeps the first and the last instant, what left at the first, and adds drops', () => {
    const none = distributionOf([]);
    const producer = (firstSendNs: number, lastSendNs: number) => ({
      publishResponse: distributionOf([5]),
      publishService: none,
      lateness: none,
      clientBlocked: none,
      dropped: 2,
      droppedMeasured: 1,
      firstSendNs,
      firstSent: firstSendNs < 0 ? 0 : 3,
      lastSendNs,
      series: new SecondSeries('publish', []).finish(),
    });
    const merged = mergeReports(
      [producer(50, 90), producer(-1, -1), producer(20, 60)],
      [],
      { copies: 2, isWhole: true },
      { redelivery: [], pauses: [] },
    );
    expect(merged).toMatchObject({
      firstSendNs: 20,
      firstSent: 3,
      lastSendNs: 90,
      firstDeliverNs: -1,
      firstDelivered: 0,
      lastDeliverNs: -1,
      dropped: 6,
    });
    expect(merged.publishResponse.count).toBe(3);
    // Two subscriptions never get what three producers dropped after the warm-up.
    expect(merged.endToEndResponse).toMatchObject({ count: 6, p50Ns: ceilingNs });
  });
});
