import { describe, expect, it } from 'vitest';
import { Timed } from './timed.ts';
import { perfTestInterval, producerPerformanceInterval } from './tools.ts';

describe('what PerfTest prints', () => {
  it('is read by its own clock, as what was confirmed', () => {
    const intervalOf = perfTestInterval();
    const line = (time: string, confirmed: string): string =>
      `id: test-101112-131, time ${time} s, sent: 26010 msg/s, returned: 0 msg/s, confirmed: ${confirmed} msg/s, nacked: 0 msg/s, min/median/75th/95th/99th confirm latency: 9/31/36/52/77 ms`;
    expect(intervalOf(line('1.000', '20000'))).toEqual({ messages: 20_000, seconds: 1 });
    expect(intervalOf(line('3.000', '25000'))).toEqual({ messages: 50_000, seconds: 2 });
  });

  it('is no interval where it tells of none', () => {
    const intervalOf = perfTestInterval();
    expect(intervalOf('id: test-101112-131, starting producer #0')).toBeUndefined();
    expect(intervalOf('id: test, sending rate avg: 24993 msg/s')).toBeUndefined();
  });
});

describe('what kafka-producer-perf-test prints', () => {
  it('is read as records and the time that they took', () => {
    const line =
      '49933 records sent, 24966.5 records/sec (24.38 MB/sec), 12.1 ms avg latency, 88.0 ms max latency.';
    expect(producerPerformanceInterval(line)).toEqual({ messages: 49_933, seconds: 2 });
    expect(
      producerPerformanceInterval('0 records sent, 0.0 records/sec (0 MB/sec)'),
    ).toBeUndefined();
    expect(producerPerformanceInterval('WARN something else')).toBeUndefined();
  });
});

describe('a timed tool', () => {
  it('counts what comes after five seconds of messages, until eight have been timed', () => {
    let cpu = 0;
    const timed = new Timed(() => cpu);
    const second = (messages: number): boolean => {
      cpu += 1_000_000;
      return timed.take({ messages, seconds: 1 });
    };
    // Its start, in which nothing is sent, warms nothing up.
    for (let i = 0; i < 3; i += 1) expect(second(0)).toBe(false);
    for (let i = 0; i < 5; i += 1) expect(second(100)).toBe(false);
    for (let i = 0; i < 7; i += 1) expect(second(1_000)).toBe(false);
    expect(timed.result()).toBeUndefined();
    expect(second(1_000)).toBe(true);
    expect(timed.result()).toEqual({ messagesPerSecond: 1_000, cpuMicrosPerMessage: 1_000 });
  });
});
