import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { randomFrom } from '../../../harness/core/random.ts';
import { type Turn, turnKinds, turnsOf } from '../../../harness/run/churn-plan.ts';

const plans = fc
  .record({
    turns: fc.integer({ min: 1, max: 20 }).map((quarter) => quarter * 4),
    first: fc.integer({ min: 1, max: 6 }),
    room: fc.integer({ min: 0, max: 4 }),
    seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  })
  .filter(({ first, room }) => first + room > 1);

const counted = (turns: readonly Turn[]) =>
  turnKinds.map((kind) => turns.filter((turn) => turn === kind).length);

describe('who comes and goes when', () => {
  test('is all of the plan, with one consumer at least and as many as allowed at most', () => {
    fc.assert(
      fc.property(plans, ({ turns, first, room, seed }) => {
        const most = first + room;
        const order = turnsOf({ turns, first, most }, randomFrom(seed));
        expect(counted(order)).toEqual([turns / 2, turns / 4, turns / 4]);
        let there = first;
        for (const turn of order) {
          there += turn === 'join' ? 1 : -1;
          expect(there).toBeGreaterThanOrEqual(1);
          expect(there).toBeLessThanOrEqual(most);
        }
        expect(there).toBe(first);
      }),
    );
  });

  test('is decided by the seed alone', () => {
    const plan = { turns: 12, first: 3, most: 5 };
    const orderOf = (seed: number) => turnsOf(plan, randomFrom(seed)).join(' ');
    expect(orderOf(7)).toBe(orderOf(7));
    const orders = new Set(Array.from({ length: 50 }, (_, seed) => orderOf(seed)));
    expect(orders.size).toBeGreaterThan(20);
  });
});
