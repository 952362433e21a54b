import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CheckId } from '../../../harness/core/anomalies.ts';
import { judge, resultOf } from './history-of.ts';
import type { Tally } from './naive-duplicates.ts';
import { oracle } from './naive-oracle.ts';
import { randomFacts, randomHistory } from './random-history.ts';

/** The checks that the oracle has a second opinion of. */
const oracleIds: readonly CheckId[] = [
  ...(['D1', 'D4', 'D5', 'D6', 'D7', 'D8', 'D9', 'D10', 'D12', 'O2'] as const),
];

describe('every streaming check', () => {
  it('agrees with the naive oracle on every small history', () => {
    const seen = new Map<string, number>();
    fc.assert(
      fc.property(randomHistory, randomFacts, (history, facts) => {
        const judgement = judge(history, facts);
        const expected = oracle(history.events, facts);
        const actual = Object.fromEntries(
          oracleIds.map((id): [string, Tally | 'undecided'] => {
            const result = resultOf(judgement, id);
            if (result.status !== 'decided') return [id, 'undecided'];
            const { count, possible } = result;
            if (count > 0) seen.set(id, (seen.get(id) ?? 0) + 1);
            expect(Object.values(result.classes).reduce((sum, of) => sum + of, 0)).toBe(count);
            return [id, { count, possible }];
          }),
        );
        expect(actual).toEqual(expected);
      }),
      { numRuns: 800, seed: 20_261_123 },
    );
    // A generator that never makes an anomaly would prove nothing about its check.
    for (const id of oracleIds) expect([id, (seen.get(id) ?? 0) >= 10]).toEqual([id, true]);
  });
});
