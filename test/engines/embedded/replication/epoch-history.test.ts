import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EpochHistory } from '../../../../engines/embedded/replication/epoch-history.ts';

/** The same from the epochs of all entries. */
function naiveEndOf(epochs: readonly number[], epoch: number): { epoch: number; end: number } {
  const last = epochs.findLastIndex((one) => one <= epoch);
  return { epoch: epochs[last] ?? 0, end: last + 1 };
}

const ascending = fc
  .array(fc.integer({ min: 1, max: 6 }), { maxLength: 20 })
  .map((epochs) => epochs.toSorted((a, b) => a - b));

describe('the history of epochs', () => {
  it('knows where each epoch ends, as one would find by looking at all entries, also when cut', () => {
    fc.assert(
      fc.property(ascending, fc.nat(20), fc.integer({ min: 0, max: 7 }), (all, cut, asked) => {
        const history = new EpochHistory();
        for (const [index, epoch] of all.entries()) history.appended(epoch, index);
        expect(history.endOf(asked, all.length)).toEqual(naiveEndOf(all, asked));
        history.cutFrom(cut);
        const left = all.slice(0, cut);
        expect(history.endOf(asked, left.length)).toEqual(naiveEndOf(left, asked));
        expect(history.latest).toBe(left.at(-1) ?? 0);
      }),
    );
  });
});
