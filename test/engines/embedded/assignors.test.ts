import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Assignor,
  type Claim,
  rangeAssignor,
  stickyAssignor,
} from '../../../engines/embedded/log/assignors.ts';

/** Members with any of the partitions, no partition twice; some partitions are nobody's. */
const situations = fc
  .record({ partitions: fc.integer({ min: 1, max: 12 }), members: fc.integer({ min: 1, max: 6 }) })
  .chain(({ partitions, members }) =>
    fc
      .array(fc.nat({ max: members }), { minLength: partitions, maxLength: partitions })
      .map((owners) => ({
        partitions,
        claims: Array.from({ length: members }, (_, member): Claim => {
          const holds = [...owners.keys()].filter((partition) => owners[partition] === member);
          return { member: member * 7, holds };
        }),
      })),
  );

describe.each([
  ['range', rangeAssignor],
  ['sticky', stickyAssignor],
] as const satisfies readonly (readonly [string, Assignor])[])('the %s assignor', (_, assignor) => {
  test('gives every partition to exactly one member, and nobody two more than another', () => {
    fc.assert(
      fc.property(situations, ({ partitions, claims }) => {
        const shares = assignor(partitions, claims);
        const all = [...shares.values()].flat().sort((a, b) => a - b);
        expect(all).toEqual(Array.from({ length: partitions }, (__, partition) => partition));
        const sizes = claims.map(({ member }) => shares.get(member)?.length ?? 0);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('the sticky assignor', () => {
  /** Fewest partitions that must leave their owner for sizes that differ by one at most. */
  function fewestMoves(partitions: number, claims: readonly Claim[]): number {
    const share = Math.floor(partitions / claims.length);
    let larger = partitions % claims.length;
    let moves = 0;
    for (const { holds } of [...claims].sort((a, b) => b.holds.length - a.holds.length)) {
      const quota = share + (larger > 0 ? 1 : 0);
      larger -= quota - share;
      moves += Math.max(0, holds.length - quota);
    }
    return moves;
  }

  test('moves no more partitions than balance demands', () => {
    fc.assert(
      fc.property(situations, ({ partitions, claims }) => {
        const shares = stickyAssignor(partitions, claims);
        const moved = claims.flatMap(({ member, holds }) =>
          holds.filter((partition) => shares.get(member)?.includes(partition) !== true),
        );
        expect(moved).toHaveLength(fewestMoves(partitions, claims));
      }),
    );
  });

  test('moves nothing when it is asked again about what it has decided', () => {
    fc.assert(
      fc.property(situations, ({ partitions, claims }) => {
        const shares = stickyAssignor(partitions, claims);
        const again = claims.map(({ member }) => ({ member, holds: shares.get(member) ?? [] }));
        expect(stickyAssignor(partitions, again)).toEqual(shares);
      }),
    );
  });

  test('gives a newcomer its share and leaves the others the rest of theirs', () => {
    const claims = [
      { member: 1, holds: [0, 1, 2] },
      { member: 2, holds: [3, 4, 5] },
      { member: 3, holds: [] },
    ];
    expect([...stickyAssignor(6, claims)]).toEqual([
      [1, [0, 1]],
      [2, [3, 4]],
      [3, [2, 5]],
    ]);
  });
});
