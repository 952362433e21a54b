import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { after, ShardPositions } from '../../../engines/kinesis/positions.ts';
import { comparePositions } from '../../../harness/core/position.ts';

/** The first number of a shard, as Kinesis writes them: 56 digits, the shard's own in the last 36 bits. */
const first = 49_590_338_271_490_256_608_559_692_538_361_571_095_921_575_989_136_588_898n;
const positions = new ShardPositions(String(first));
const one = 2n ** 36n;
/** As many as a position can tell apart from the first one on. */
const distance = fc.bigInt({ min: 0n, max: 2n ** 85n - 1n });

describe('a sequence number and its position', () => {
  test('no digit is lost: whatever is a number of the shard comes back from its position', () => {
    fc.assert(
      fc.property(distance, (steps) => {
        const number = String(first + steps * one);
        const position = positions.positionOf(number);
        expect(Number.isSafeInteger(position.major)).toBe(true);
        expect(position.minor).toBeLessThan(2 ** 32);
        expect(positions.sequenceNumberOf(position)).toBe(number);
      }),
    );
  });

  test('positions stand as their numbers do', () => {
    fc.assert(
      fc.property(distance, distance, (a, b) => {
        const [left, right] = [a, b].map((steps) =>
          positions.positionOf(String(first + steps * one)),
        ) as [ReturnType<typeof positions.positionOf>, ReturnType<typeof positions.positionOf>];
        expect(Math.sign(comparePositions(left, right))).toBe(a < b ? -1 : a > b ? 1 : 0);
      }),
    );
  });

  test('one that does not fit is refused, never rounded', () => {
    const bad = [first - one, first + 1n, first + 2n ** 85n * one, first + one / 2n];
    for (const number of bad) {
      expect(() => positions.positionOf(String(number))).toThrow(/has no place in a shard/);
    }
  });

  test('the counters of a target that has its own are positions as they are', () => {
    const counters = new ShardPositions('0');
    expect(counters.positionOf('17')).toEqual({ major: 17, minor: 0 });
    expect(counters.sequenceNumberOf({ major: 17, minor: 0 })).toBe('17');
    expect(() => counters.positionOf(String(2n ** 53n))).toThrow(/has no place/);
  });

  test('the end is right behind the last, also where its lower half is full', () => {
    expect(after({ major: 4, minor: 0 })).toEqual({ major: 4, minor: 1 });
    expect(after({ major: 4, minor: 2 ** 32 - 1 })).toEqual({ major: 5, minor: 0 });
  });
});
