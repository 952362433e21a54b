import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CheckId } from '../../../../harness/core/anomalies.ts';
import { plainGroup } from '../../../../harness/core/facts.ts';
import { EventKind, Flag } from '../../../../harness/core/events.ts';
import { judge, resultOf } from '../history-of.ts';
import { naiveEnded } from './naive-ended.ts';
import { naiveLeases } from './naive-leases.ts';
import { leaseFacts, randomLeases } from './random-leases.ts';

const ids = ['V1', 'V2', 'V5', 'V6', 'V7', 'V8', 'O8'] as const satisfies readonly CheckId[];

describe('every check of leases', () => {
  it('agrees with its naive twin on every small history', () => {
    const seen = new Map<string, number>();
    fc.assert(
      fc.property(randomLeases, (history) => {
        const judgement = judge(history, leaseFacts);
        // When a pushed copy was handed out is a longer story than the twin of V5 knows.
        const isPushed = history.events.some(
          ({ kind, flags }) => kind === EventKind.deliver && (flags & Flag.pulled) === 0,
        );
        const compared = ids.filter((id) => id !== 'V5' || !isPushed);
        const actual = Object.fromEntries(
          compared.map((id) => {
            const result = resultOf(judgement, id);
            if (result.status !== 'decided') return [id, result.status];
            const { count, possible } = result;
            if (count > 0) seen.set(id, (seen.get(id) ?? 0) + 1);
            return [id, { count, possible }];
          }),
        );
        const expected = naiveLeases(history.events, leaseFacts);
        expect(actual).toEqual(Object.fromEntries(compared.map((id) => [id, expected[id]])));
      }),
      { numRuns: 1_200, seed: 20_261_125 },
    );
    for (const id of ids) expect([id, (seen.get(id) ?? 0) >= 10]).toEqual([id, true]);
  });

  it('agrees about what ended before, receipts and requeues', () => {
    const late = ['V4', 'O11'] as const;
    const facts = { ...leaseFacts, groups: [{ ...plainGroup, requeueTo: 'original' as const }] };
    const seen = new Map<string, number>();
    fc.assert(
      fc.property(randomLeases, (history) => {
        history.wait(5e6).drained();
        const judgement = judge(history, facts);
        const actual = late.map((id) => {
          const result = resultOf(judgement, id);
          if (result.status !== 'decided') return [id, result.status];
          if (result.count > 0) seen.set(id, (seen.get(id) ?? 0) + 1);
          return [id, { count: result.count, possible: result.possible }];
        });
        expect(Object.fromEntries(actual)).toEqual(naiveEnded(history.events, facts));
      }),
      { numRuns: 1_200, seed: 20_261_126 },
    );
    for (const id of late) expect([id, (seen.get(id) ?? 0) >= 10]).toEqual([id, true]);
  });
});
