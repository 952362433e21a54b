import * as fc from 'fast-check';
import { build, encodeIntoCompressedBase64 } from 'hdr-histogram-js';
import { describe, expect, it } from 'vitest';
import type { LatencyInterval } from '../../../harness/record/latency-log.ts';
import { type JudgedCell, secondRow } from '../../../harness/record/schema.ts';
import type { TimedDistribution } from '../../../harness/record/series-schema.ts';
import { ombResultOf } from '../../../reports/omb/result.ts';
import { timedRounds } from '../../harness/compare/timed-run.ts';

const firstSecond = 100;

function interval(
  second: number,
  of: TimedDistribution,
  valuesNs: readonly number[],
): LatencyInterval {
  const histogram = build({ bitBucketSize: 64, numberOfSignificantValueDigits: 3 });
  for (const ns of valuesNs) histogram.recordValue(ns);
  return {
    second,
    of,
    maxNs: Math.max(...valuesNs),
    hdr: encodeIntoCompressedBase64(histogram),
  };
}

/** A load of so many whole seconds, 1,000 messages each, of which the first `warmup` warm up. */
function cellOf(seconds: number, warmup = 0, changes: Partial<JudgedCell> = {}): JudgedCell {
  const [cell] = timedRounds(1, () => ({}));
  if (cell?.status !== 'judged') throw new Error('a fixture is missing');
  const startNs = firstSecond * 1e9;
  const endNs = startNs + seconds * 1e9;
  return {
    ...cell,
    load: {
      payload: '256 B',
      partitions: '4',
      producers: '2',
      consumers: '6',
      subscriptions: '3',
      'warm-up': `${warmup} messages`,
    },
    phases: [
      { name: 'load', startNs, endNs },
      { name: 'drain', startNs: endNs, endNs },
    ],
    series: Array.from({ length: seconds }, (_, at) =>
      secondRow.parse({
        second: firstSecond + at,
        sent: 1_000,
        acknowledged: 990,
        failed: 4,
        unknown: 6,
        delivered: 2_000,
        inFlight: 0,
        backlog: at,
        publishP50Ns: 0,
        publishP99Ns: 0,
        publishMaxNs: 0,
        endToEndP50Ns: 0,
        endToEndP99Ns: 0,
        endToEndMaxNs: 0,
      }),
    ),
    seriesTotal: seconds,
    ...changes,
  };
}

const allThree = ['publish-service', 'send-delay', 'end-to-end-service'] as const;
const logOf = (seconds: number): readonly LatencyInterval[] =>
  Array.from({ length: seconds }, (_, at) =>
    allThree.map((of) => interval(firstSecond + at, of, [1e6 * (at + 1), 3e6 * (at + 1)])),
  ).flat();

/** Every field of the class in OMB's repository, by its own names. */
const suffixes = [
  'Avg',
  '50pct',
  '75pct',
  '95pct',
  '99pct',
  '999pct',
  '9999pct',
  '99999pct',
  'Max',
];
const ombFields = [
  'workload',
  'driver',
  'messageSize',
  'topics',
  'partitions',
  'producersPerTopic',
  'consumersPerTopic',
  'publishRate',
  'publishErrorRate',
  'consumeRate',
  'backlog',
  ...['publishLatency', 'publishDelayLatency', 'endToEndLatency'].flatMap((name) => [
    ...suffixes.map((suffix) => `${name}${suffix}`),
    ...[...suffixes, 'Quantiles'].map(
      (suffix) => `aggregated${name.charAt(0).toUpperCase()}${name.slice(1)}${suffix}`,
    ),
  ]),
];

describe('a result of the OpenMessaging Benchmark', () => {
  it('has every field of its class, and no other', () => {
    const { document, notes } = ombResultOf(cellOf(12), logOf(12));
    expect(Object.keys(document).toSorted()).toEqual(ombFields.toSorted());
    expect(notes).toEqual([]);
    expect(document).toMatchObject({
      messageSize: 256,
      topics: 1,
      partitions: 4,
      producersPerTopic: 2,
      consumersPerTopic: 2,
    });
  });

  it('has an entry for each ten seconds, the last with what is left', () => {
    const { document } = ombResultOf(cellOf(25), logOf(25));
    expect(document).toMatchObject({
      publishRate: [1_000, 1_000, 1_000],
      publishErrorRate: [10, 10, 10],
      consumeRate: [2_000, 2_000, 2_000],
      backlog: [9, 19, 24],
    });
  });

  it('makes no entry of less than a second', () => {
    const cell = cellOf(11);
    const phases = cell.phases.map((phase) => ({ ...phase, endNs: 110.5e9, startNs: 110.5e9 }));
    const short = {
      ...cell,
      phases: [{ name: 'load', startNs: 100e9, endNs: 110.5e9 }, ...phases.slice(1)],
    };
    const { document } = ombResultOf(short, logOf(11));
    expect(document['backlog']).toEqual([10]);
    expect(document['publishRate']).toEqual([11_000 / 10.5]);
  });

  it('leaves the warm-up out, to the end of the second in which it ended', () => {
    const { document } = ombResultOf(cellOf(12, 1_500), logOf(12));
    expect(document['backlog']).toEqual([11]);
    expect(document['publishLatencyMax']).toEqual([36]);
    const early = ombResultOf(cellOf(1, 500), logOf(1));
    expect(early.notes.join()).toContain('too short for a whole second after its warm-up');
  });

  it('gives latencies in milliseconds, and delays in whole microseconds', () => {
    const log = [
      interval(firstSecond, 'publish-service', [2_500_000]),
      interval(firstSecond, 'send-delay', [1_999]),
      interval(firstSecond, 'end-to-end-service', [7e6]),
    ];
    const { document } = ombResultOf(cellOf(1), log);
    expect(document['publishLatencyMax']).toEqual([2.5]);
    expect(document['publishDelayLatencyMax']).toEqual([1]);
    expect(document['aggregatedPublishDelayLatency50pct']).toBe(1);
    expect(document['endToEndLatencyMax']).toEqual([7]);
  });

  it('has quantiles that never fall, end at 100 % with the greatest value, and fit the percentiles', () => {
    const latency = fc.array(fc.integer({ min: 1_000, max: 10_000_000_000 }), {
      minLength: 1,
      maxLength: 300,
    });
    fc.assert(
      fc.property(latency, (values) => {
        const log = [interval(firstSecond, 'send-delay', values)];
        const { document } = ombResultOf(cellOf(1), log);
        const quantiles = Object.entries(
          document['aggregatedPublishDelayLatencyQuantiles'] as Record<string, number>,
        )
          .map(([percentile, value]) => [Number(percentile), value] as const)
          .toSorted(([a], [b]) => a - b);
        const all = quantiles.map(([, value]) => value);
        expect(all).toEqual(all.toSorted((a, b) => a - b));
        expect(quantiles.at(-1)).toEqual([100, Math.floor(Math.max(...values) / 1e3)]);
        const median = document['aggregatedPublishDelayLatency50pct'] as number;
        const upToHalf = quantiles.filter(([percentile]) => percentile <= 50);
        expect(Math.max(...upToHalf.map(([, value]) => value))).toBeLessThanOrEqual(median);
      }),
      { numRuns: 40 },
    );
  });

  it('says what it cannot fill, and does not make it up', () => {
    const { document, notes } = ombResultOf(cellOf(12), []);
    for (const field of ['publishErrorRate', 'publishLatency50pct', 'endToEndLatencyMax']) {
      expect(document).not.toHaveProperty(field);
    }
    expect(document).toHaveProperty('aggregatedPublishLatency99pct');
    expect(document).not.toHaveProperty('aggregatedPublishDelayLatency99pct');
    expect(notes.filter((note) => note.includes('left out'))).toHaveLength(5);
    const load = { ...cellOf(12).load, payload: 'zipf:1/100..1000 B', consumers: '4' };
    const uneven = ombResultOf(cellOf(12, 0, { load }), logOf(12));
    expect(uneven.document).not.toHaveProperty('messageSize');
    expect(uneven.document).not.toHaveProperty('consumersPerTopic');
    expect(uneven.notes).toHaveLength(2);
  });

  it('says of a measurement that it is invalid', () => {
    const cell = cellOf(12);
    if (cell.performance.status !== 'valid') throw new Error('a fixture is missing');
    const performance = {
      ...cell.performance,
      status: 'invalid',
      reasons: ['too late'],
      middleStands: false,
    } as const;
    const { notes } = ombResultOf(
      { ...cell, performance: { ...performance, reasons: ['too late'] } },
      logOf(12),
    );
    expect(notes).toEqual(['the measurement is invalid: too late']);
  });
});
