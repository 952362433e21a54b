import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../../../harness/core/random.ts';
import { hodgesLehmann } from '../../../../harness/core/statistics/hodges-lehmann.ts';
import { mannWhitney } from '../../../../harness/core/statistics/mann-whitney.ts';

const sample = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 8 });

describe('the Hodges–Lehmann shift', () => {
  it('is the median of all differences', () => {
    expect(hodgesLehmann([1, 2, 3], [11, 12, 14]).estimate).toBe(10);
    expect(hodgesLehmann([5], [7]).estimate).toBe(2);
  });

  it('has no bounds where no shift could be rejected', () => {
    const { interval } = hodgesLehmann([1, 2, 3], [100, 200, 300]);
    expect(interval).toEqual({ low: -Infinity, high: Infinity });
  });

  it('excludes zero exactly where the test rejects that both are alike', () => {
    fc.assert(
      fc.property(sample, sample, (base, head) => {
        const { interval } = hodgesLehmann(base, head);
        // On a bound itself values are equal, and the test is as good as undecided.
        if (interval.low === 0 || interval.high === 0) return;
        const excluded = interval.low > 0 || interval.high < 0;
        expect(excluded).toBe(mannWhitney(base, head) <= 0.05);
      }),
      { numRuns: 500 },
    );
  });

  it('holds its estimate, and moves with the sample', () => {
    fc.assert(
      fc.property(sample, sample, fc.integer({ min: -9, max: 9 }), (base, head, by) => {
        const still = hodgesLehmann(base, head);
        expect(still.interval.low).toBeLessThanOrEqual(still.estimate);
        expect(still.interval.high).toBeGreaterThanOrEqual(still.estimate);
        const moved = hodgesLehmann(
          base,
          head.map((value) => value + by),
        );
        expect(moved.estimate).toBeCloseTo(still.estimate + by, 9);
        if (Number.isFinite(still.interval.low))
          expect(moved.interval.low).toBeCloseTo(still.interval.low + by, 9);
        if (Number.isFinite(still.interval.high))
          expect(moved.interval.high).toBeCloseTo(still.interval.high + by, 9);
      }),
    );
  });

  it('covers the true shift about as often as it says', () => {
    const random = randomFrom(5);
    const draw = (shift: number): number[] =>
      Array.from({ length: 7 }, () => random.unit() ** 2 + shift);
    const covered = Array.from({ length: 300 }, () => {
      const { interval } = hodgesLehmann(draw(0), draw(3));
      return interval.low <= 3 && interval.high >= 3;
    });
    expect(covered.filter(Boolean).length).toBeGreaterThan(270);
  });
});
