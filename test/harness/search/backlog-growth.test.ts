import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backlogGrowth, grew } from '../../../harness/search/backlog-growth.ts';
import { secondsWith } from './points.ts';

function hasGrown(backlogs: readonly (number | null)[], rate = 1_000): boolean | string {
  const growth = backlogGrowth(secondsWith(backlogs));
  return growth.is === 'fitted' ? grew(growth, rate) : growth.reason;
}

describe('the backlog', () => {
  it('grew when its line rises by more than a hundredth of the rate', () => {
    expect(hasGrown([0, 100, 200, 300, 400, 500, 0])).toBe(true);
    expect(hasGrown([0, 9, 18, 27, 36, 45, 0])).toBe(false);
    expect(hasGrown([0, 500, 400, 300, 200, 100, 0])).toBe(false);
  });

  it('did not grow when it was filled in the first second and stands still', () => {
    expect(hasGrown([0, 700, 700, 700, 700, 700, 0])).toBe(false);
  });

  it('did not grow when one second stumbled: the line misses its points by as much', () => {
    expect(hasGrown([0, 10, 12, 900, 11, 14, 9, 12, 0])).toBe(false);
    expect(hasGrown([0, 10, 12, 11, 14, 9, 12, 900, 0])).toBe(false);
  });

  it('is not told from fewer than three whole seconds, nor where its counts are gone', () => {
    expect(hasGrown([0, 100, 200, 0])).toContain('2 whole seconds');
    expect(hasGrown([])).toContain('0 whole seconds');
    expect(hasGrown([0, 1, null, 3, 4, 5])).toContain('did not tell its counts');
  });

  it('grows as fast as the line that it follows, whatever comes before and after', () => {
    const slope = fc.integer({ min: -1_000, max: 1_000 });
    const whole = fc.integer({ min: 3, max: 30 });
    fc.assert(
      fc.property(slope, whole, fc.nat(9_999), fc.nat(9_999), (perSecond, seconds, first, last) => {
        const line = Array.from({ length: seconds }, (_, at) => 50_000 + perSecond * at);
        const growth = backlogGrowth(secondsWith([first, ...line, last]));
        if (growth.is !== 'fitted') throw new Error(growth.reason);
        expect(growth.perSecond).toBeCloseTo(perSecond, 6);
        expect(growth.error).toBeLessThan(1e-6);
        expect(grew(growth, 1_000)).toBe(perSecond > 10);
      }),
    );
  });
});
