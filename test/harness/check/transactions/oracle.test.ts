import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { type CheckId, checkIds } from '../../../../harness/core/anomalies.ts';
import { plainFacts, plainGroup } from '../../../../harness/core/facts.ts';
import { judge, resultOf } from '../history-of.ts';
import { NaiveTransactions, opinions } from './naive-transactions.ts';
import { randomTransactions } from './random-transactions.ts';

const ids: readonly CheckId[] = checkIds.filter((id) => opinions[id] !== undefined);

it('every check of transactions agrees with a naive one on every small history', () => {
  const seen = new Map<string, number>();
  fc.assert(
    fc.property(randomTransactions, fc.constantFrom(1, 2), (history, size) => {
      const events = history.events.filter(({ kind, group }) => kind !== 4 || group < size);
      const groups = Array.from({ length: size }, () => plainGroup);
      const facts = { ...plainFacts, groups, transactions: 'read-committed' } as const;
      const judgement = judge(events, facts);
      const naive = new NaiveTransactions(events, facts);
      for (const id of size === 1 ? ids : ids.filter((one) => one !== 'T4')) {
        const result = resultOf(judgement, id);
        expect(result.status).toBe('decided');
        if (result.status !== 'decided') continue;
        const { count, possible } = result;
        if (count > 0) seen.set(id, (seen.get(id) ?? 0) + 1);
        expect([id, { count, possible }]).toEqual([id, opinions[id]?.(naive)]);
      }
    }),
    { numRuns: 1_200, seed: 20_261_125 },
  );
  for (const id of ids) expect([id, (seen.get(id) ?? 0) >= 10]).toEqual([id, true]);
});
