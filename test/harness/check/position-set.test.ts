import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { comparePositions, type Position } from '../../../harness/core/position.ts';
import { PositionSet } from '../../../harness/check/state/position-set.ts';

const position = fc
  .tuple(
    fc.constantFrom(0, 1, 2, 31, 32, 1_022, 1_023, 1_024, 5_000, 2 ** 40),
    fc.constantFrom(0, 0, 1, 7, 1_023, 1_024, 2 ** 32 - 1),
  )
  .map(([major, minor]): Position => ({ major, minor }));

const textOf = ({ major, minor }: Position): string => `${major}.${minor}`;

describe('a set of positions', () => {
  it('adds and counts runs as it does one after the other', () => {
    const runs = fc.array(
      fc.tuple(fc.constantFrom(0, 30, 1_000, 2 ** 33 - 5), fc.nat({ max: 3_000 })),
      { maxLength: 5 },
    );
    fc.assert(
      fc.property(runs, (added) => {
        const [set, model] = [new PositionSet(), new PositionSet()];
        for (const [first, count] of added) {
          const majors = Array.from({ length: count }, (_, at) => first + at);
          const known = majors.filter((major) => model.has(1, major, 0)).length;
          expect(set.countRun(1, first, count)).toBe(known);
          set.addRun(1, first, count);
          for (const major of majors) model.add(1, major, 0);
          expect(set.countRun(1, first, count)).toBe(count);
          expect(set.size).toBe(model.size);
        }
      }),
      { numRuns: 20 },
    );
  });

  it('tells whether a run finds room, and counts what finds none', () => {
    const set = new PositionSet(2);
    expect(set.hasRoomFor(1_000)).toBe(true);
    expect(set.hasRoomFor(2_000)).toBe(false);
    set.addRun(1, 0, 3_000);
    expect(set.overflowed).toBe(3_000 - 2 * 1_024);
  });

  it('holds, lists and subtracts what a set of texts does', () => {
    fc.assert(
      fc.property(
        fc.array(position, { maxLength: 40 }),
        fc.array(position, { maxLength: 40 }),
        position,
        position,
        (ours, theirs, after, before) => {
          const set = new PositionSet();
          const other = new PositionSet();
          const known = new Set<string>();
          for (const one of ours) {
            expect(set.add(3, one.major, one.minor)).toBe(!known.has(textOf(one)));
            known.add(textOf(one));
          }
          for (const { major, minor } of theirs) other.add(3, major, minor);
          expect(set.size).toBe(known.size);
          for (const one of [...ours, ...theirs]) {
            expect(set.has(3, one.major, one.minor)).toBe(known.has(textOf(one)));
            expect(set.has(4, one.major, one.minor)).toBe(false);
          }
          const missing: string[] = [];
          set.eachMissingFrom(other, 3, (major, minor) => missing.push(textOf({ major, minor })));
          const lacked = new Set(theirs.map(textOf));
          expect(missing.toSorted()).toEqual(
            [...known].filter((one) => !lacked.has(one)).toSorted(),
          );
          const between: string[] = [];
          set.eachBetween(3, after, before, (major, minor) =>
            between.push(textOf({ major, minor })),
          );
          const inside = ours.filter(
            (one) => comparePositions(one, after) > 0 && comparePositions(one, before) < 0,
          );
          expect(between.toSorted()).toEqual([...new Set(inside.map(textOf))].toSorted());
        },
      ),
      { numRuns: 1_000, seed: 20_261_124 },
    );
  });

  it('counts what finds no page, and keeps what has one', () => {
    const set = new PositionSet(2);
    expect([set.add(0, 0, 0), set.add(0, 5_000, 0), set.add(0, 9_000, 0)]).toEqual([
      true,
      true,
      false,
    ]);
    expect(set.add(0, 1, 0)).toBe(true);
    expect([set.has(0, 9_000, 0), set.overflowed, set.size]).toEqual([false, 1, 3]);
  });
});
