import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { parseSuite } from '../../../../harness/cli/suite-file.ts';
import { suiteOf } from '../../../../harness/import/omb/suite-of.ts';
import { readWorkload } from '../../../../harness/import/omb/workload.ts';

/** The words of a workload file of the public repository, without its licence. */
const plain = `
name: 1m-10-topics-3-partitions-100b
topics: 10
partitionsPerTopic: 3
messageSize: 100
useRandomizedPayloads: true
randomBytesRatio: 0.5
subscriptionsPerTopic: 1
consumerPerSubscription: 1
producersPerTopic: 1
producerRate: 1000000
consumerBacklogSizeGB: 0
testDurationMinutes: \${ombTestDuration:-15}
`;

function imported(text: string, seconds?: number): ReturnType<typeof suiteOf> {
  return suiteOf(readWorkload(text, 'w.yaml').workload, seconds);
}

describe('a workload of the OpenMessaging Benchmark', () => {
  it('becomes a steady load of the same rate, size and time with a minute of warm-up, over the partitions of all topics', () => {
    const { scenario, departures } = imported(plain);
    expect(scenario).toEqual({
      id: 'steady',
      rate: 1_000_000,
      messages: 1_000_000 * 16 * 60,
      warmup: `${1_000_000 * 60}`,
      payload: 100,
      producers: 10,
      consumers: 10,
      partitions: 30,
      subscriptions: 1,
    });
    expect(departures.map(({ field }) => field)).toEqual([
      'topics',
      'keyDistributor',
      'useRandomizedPayloads',
      'randomBytesRatio',
    ]);
  });

  it('lasts so many seconds instead, where that is asked for, its warm-up in proportion', () => {
    const { scenario } = imported(`${plain}warmupDurationMinutes: 3\n`, 30);
    expect(scenario).toMatchObject({ messages: 1_000_000 * 36, warmup: `${1_000_000 * 6}` });
  });

  it('becomes a backlog of as many messages as fit into its size', () => {
    const text = 'messageSize: 1024\nproducerRate: 50000\nconsumerBacklogSizeGB: 1\n';
    expect(imported(text).scenario).toMatchObject({ id: 'backlog', messages: 2 ** 20 });
    expect(imported(`${text}subscriptionsPerTopic: 2\n`).scenario.messages).toBe(2 ** 19);
    const short = imported(text, 2);
    expect(short.scenario.messages).toBe(100_000);
    expect(short.departures.map(({ field }) => field)).toContain('consumerBacklogSizeGB');
  });

  it('becomes stages where its rate grows', () => {
    const text =
      'messageSize: 100\nproducerRate: 300\nproducerStartRate: 100\nproducerIncrementRate: 100\n' +
      'producerIncrementSeconds: 30\ntestDurationMinutes: 15\n';
    expect(imported(text).scenario.arrivals).toBe(
      'stages:100/s@30000ms,200/s@30000ms,300/s@30000ms',
    );
  });

  it('becomes a closed loop where it looks for the highest rate, and says which command does', () => {
    const { scenario, departures } = imported('messageSize: 1024\nproducerRate: 0\n');
    expect(scenario.id).toBe('saturation');
    expect(scenario.rate).toBeUndefined();
    expect(departures.find(({ field }) => field === 'producerRate')?.why).toContain('search');
  });

  it('keeps its keys and says how they are chosen', () => {
    const keyed = (by: string): unknown =>
      imported(`messageSize: 100\nkeyDistributor: ${by}\n`).scenario;
    expect(keyed('KEY_ROUND_ROBIN')).toMatchObject({ keys: 10_000, skew: 'in-turn' });
    expect(keyed('RANDOM_NANO')).toMatchObject({ keys: 10_000, skew: 'uniform' });
  });

  it('says what it cut to size, and what no field of OMB is', () => {
    const text = 'messageSize: 20\npartitionsPerTopic: 10000\nproducersPerTopic: 100\nrubbish: 1\n';
    const { scenario, departures } = imported(text);
    expect(scenario).toMatchObject({ payload: 64, partitions: 1_024, producers: 64 });
    expect(departures.map(({ field }) => field)).toEqual(
      expect.arrayContaining(['messageSize', 'partitionsPerTopic', 'producersPerTopic']),
    );
    expect(readWorkload(text, 'w.yaml').unknown).toEqual(['rubbish']);
  });

  it.each([
    ['messageSize: lots\n', /w\.yaml: messageSize/],
    ['- 1\n- 2\n', /w\.yaml/],
    ['keyDistributor: BY_MOOD\n', /keyDistributor/],
    ['a: [1\n', /w\.yaml/],
  ])('is refused with file and field where %j is said', (text, message) => {
    expect(() => readWorkload(text, 'w.yaml')).toThrow(message);
  });

  it('always becomes a suite that `run` takes', () => {
    const number = (max: number) => fc.integer({ min: 0, max });
    const workloads = fc.record({
      topics: number(200),
      partitionsPerTopic: number(20_000),
      keyDistributor: fc.constantFrom('NO_KEY', 'KEY_ROUND_ROBIN', 'RANDOM_NANO'),
      messageSize: number(1_000_000),
      subscriptionsPerTopic: number(40),
      producersPerTopic: number(200),
      consumerPerSubscription: number(200),
      producerRate: number(5_000_000),
      producerStartRate: number(1_000_000),
      producerIncrementRate: number(100_000),
      producerIncrementSeconds: number(120),
      consumerBacklogSizeGB: number(64),
      testDurationMinutes: number(60),
      warmupDurationMinutes: number(10),
    });
    fc.assert(
      fc.property(workloads, fc.option(fc.integer({ min: 1, max: 600 })), (omb, seconds) => {
        const { scenario } = imported(stringify(omb), seconds ?? undefined);
        const text = stringify({ engines: ['log@acks-all'], scenarios: [scenario] });
        expect(parseSuite(text, 'suite.yaml').suite.scenarios).toHaveLength(1);
      }),
    );
  });
});
