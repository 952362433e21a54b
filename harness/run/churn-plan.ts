import type { Random } from '../core/random.ts';

export const turnKinds = ['join', 'leave', 'crash'] as const;
export type Turn = (typeof turnKinds)[number];

export interface ChurnPlan {
  /** A multiple of four: half of them join, a quarter each leave and crash, so that as many come as go. */
  readonly turns: number;
  /** Consumers that are there at the beginning, and at the end; at least one. */
  readonly first: number;
  /** At least as many. */
  readonly most: number;
}

/**
 * Who comes and goes when. Every order is possible in which there is always one consumer at least and there are never
 * more than `most`; since as many come as go, none of them ends where nobody may go on.
 */
export function turnsOf({ turns, first, most }: ChurnPlan, random: Random): readonly Turn[] {
  const left: Record<Turn, number> = { join: turns / 2, leave: turns / 4, crash: turns / 4 };
  const order: Turn[] = [];
  for (let there = first; order.length < turns; ) {
    const possible = turnKinds.flatMap((kind) => {
      const mayBe = kind === 'join' ? there < most : there > 1;
      return mayBe ? Array.from({ length: left[kind] }, () => kind) : [];
    });
    const turn = possible[random.below(possible.length)];
    if (turn === undefined) break;
    left[turn] -= 1;
    there += turn === 'join' ? 1 : -1;
    order.push(turn);
  }
  return order;
}
