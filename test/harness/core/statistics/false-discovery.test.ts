import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../../../harness/core/random.ts';
import { adjustedForMany } from '../../../../harness/core/statistics/false-discovery.ts';

describe('p-values adjusted for being many', () => {
  it('are those of the published procedure', () => {
    const adjusted = adjustedForMany([0.01, 0.04, 0.03, 0.005]);
    expect(adjusted.map((p) => Number(p.toFixed(4)))).toEqual([0.02, 0.04, 0.04, 0.02]);
  });

  it('raise an alarm in one of twenty families in which nothing happened, not in one of three', () => {
    const random = randomFrom(4);
    const family = (): number[] => Array.from({ length: 8 }, () => random.unit());
    const alarms = Array.from({ length: 1_000 }, () =>
      adjustedForMany(family()).some((p) => p <= 0.05),
    );
    expect(alarms.filter(Boolean).length).toBeLessThan(75);
    expect(alarms.filter(Boolean).length).toBeGreaterThan(25);
  });

  it('leave one alone, never fall, and keep the order', () => {
    expect(adjustedForMany([0.03])).toEqual([0.03]);
    expect(adjustedForMany([])).toEqual([]);
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true })), (p) => {
        const adjusted = adjustedForMany(p);
        for (const [i, own] of p.entries()) {
          expect(adjusted[i]).toBeGreaterThanOrEqual(own);
          expect(adjusted[i]).toBeLessThanOrEqual(1);
          for (const [j, other] of p.entries()) {
            if (own < other) expect(adjusted[i]).toBeLessThanOrEqual(adjusted[j] ?? 1);
          }
        }
      }),
      { numRuns: 50 },
    );
  });
});
