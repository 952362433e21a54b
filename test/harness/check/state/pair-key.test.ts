import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { highOf, lowOf, pairKey } from '../../../../harness/check/state/pair-key.ts';

describe('the key of a pair', () => {
  it('gives both numbers back, up to the largest', () => {
    const high = fc.integer({ min: 0, max: 2 ** 21 - 1 });
    const low = fc.integer({ min: 0, max: 2 ** 32 - 1 });
    fc.assert(
      fc.property(high, low, (one, other) => {
        const key = pairKey(one, other);
        expect(Number.isSafeInteger(key)).toBe(true);
        expect([highOf(key), lowOf(key)]).toEqual([one, other]);
      }),
      { examples: [[2 ** 21 - 1, 2 ** 32 - 1]] },
    );
  });
});
