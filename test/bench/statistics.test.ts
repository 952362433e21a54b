import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../harness/core/random.ts';
import { interleave } from './pairs.ts';
import { medianInterval } from '../../harness/core/statistics/bootstrap.ts';
import { median } from '../../harness/core/statistics/median.ts';

describe('the statistics of a comparison', () => {
  it('take the median of odd and even numbers of values', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
  });

  it('give an interval that is seeded, holds the median and narrows with more pairs', () => {
    const noisy = (pairs: number): number[] => {
      const random = randomFrom(3);
      return Array.from({ length: pairs }, () => 0.9 + 0.2 * random.unit());
    };
    const few = medianInterval(noisy(8), randomFrom(1), 2_000);
    expect(few).toEqual(medianInterval(noisy(8), randomFrom(1), 2_000));
    expect(few.low).toBeLessThanOrEqual(median(noisy(8)));
    expect(few.high).toBeGreaterThanOrEqual(median(noisy(8)));
    const many = medianInterval(noisy(200), randomFrom(1), 2_000);
    expect(many.high - many.low).toBeLessThan(few.high - few.low);
    expect(medianInterval([1, 1, 1], randomFrom(1), 100)).toEqual({ low: 1, high: 1 });
  });
});

describe('interleaving', () => {
  it('runs pairs in the order A B, B A, so that drift hits both alike, and leaves the first pair out', async () => {
    const order: string[] = [];
    const loop = (name: string, rate: number) => async () => {
      order.push(name);
      return { messagesPerSecond: rate * order.length, cpuMicrosPerMessage: 1 };
    };
    const pairs = await interleave(loop('bare', 10), loop('harness', 5), 3);
    expect(order).toEqual([
      'bare',
      'harness',
      'harness',
      'bare',
      'bare',
      'harness',
      'harness',
      'bare',
    ]);
    expect(pairs.length).toBe(3);
    expect(pairs[0]?.ratio).toBeCloseTo((5 * 3) / (10 * 4));
  });
});
