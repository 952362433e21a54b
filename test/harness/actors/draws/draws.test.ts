import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawOf } from '../../../../harness/actors/draws/draw.ts';
import { laneNumbers } from '../../../../harness/actors/draws/lane-numbers.ts';
import { meanSize, messageSizes } from '../../../../harness/actors/draws/message-sizes.ts';
import { weightedChoice } from '../../../../harness/actors/draws/weighted-choice.ts';
import { type KeyChoice, largestOf, type Sizes, smallestOf } from '../../../../scenarios/spread.ts';

const samples = 40_000;

/** Whether a share of so many draws is within five standard errors of what it should be. */
function isShare(count: number, share: number, of = samples): boolean {
  return Math.abs(count / of - share) < 5 * Math.sqrt((share * (1 - share)) / of) + 1e-9;
}

describe('a draw', () => {
  it('is a function of seed and numbers, and uniform over either of them', () => {
    expect(drawOf(1, 2, 3)).toBe(drawOf(1, 2, 3));
    const decks = [
      (n: number) => drawOf(7, n, 0),
      (n: number) => drawOf(7, 0, n),
      (n: number) => drawOf(n, 5, 5),
    ];
    for (const deck of decks) {
      const tenths = Array.from({ length: 10 }, () => 0);
      for (let n = 0; n < samples; n += 1) {
        const tenth = Math.floor(deck(n) * 10);
        tenths[tenth] = (tenths[tenth] ?? 0) + 1;
      }
      for (const count of tenths) expect(isShare(count, 0.1)).toBe(true);
    }
  });
});

describe('a weighted choice', () => {
  it('comes as often as its weight, and never without one', () => {
    const weights = [0, 3, 0, 1, 0];
    const choose = weightedChoice(weights);
    const counts = weights.map(() => 0);
    for (let n = 0; n < samples; n += 1) {
      const place = choose(n / samples);
      counts[place] = (counts[place] ?? 0) + 1;
    }
    expect(counts).toEqual([0, samples * 0.75, 0, samples * 0.25, 0]);
    expect(choose(0)).toBe(1);
    expect(choose(1 - 2 ** -32)).toBe(3);
  });
});

const sizes: fc.Arbitrary<Sizes> = fc.oneof(
  fc.integer({ min: 64, max: 10_000 }),
  fc
    .tuple(fc.integer({ min: 64, max: 5_000 }), fc.nat({ max: 5_000 }))
    .map(([least, more]) => ({ kind: 'uniform' as const, least, most: least + more })),
  fc
    .array(
      fc.record({
        value: fc.integer({ min: 64, max: 9_000 }),
        weight: fc.integer({ min: 1, max: 9 }),
      }),
      { minLength: 1, maxLength: 5 },
    )
    .map((choices) => ({ kind: 'weighted' as const, choices })),
  fc
    .tuple(fc.integer({ min: 64, max: 500 }), fc.integer({ min: 500, max: 60_000 }))
    .map(([least, most]) => ({ kind: 'zipf' as const, least, most, exponent: 1.2 })),
);

describe('message sizes', () => {
  it('stay within their bounds, and are the same for the same message at every attempt', () => {
    fc.assert(
      fc.property(sizes, fc.nat(), fc.nat({ max: 500 }), fc.nat(), (of, seed, lane, seq) => {
        const size = messageSizes(of, seed)(lane, seq);
        expect(size).toBe(messageSizes(of, seed)(lane, seq));
        expect(Number.isInteger(size)).toBe(true);
        expect(size).toBeGreaterThanOrEqual(smallestOf(of));
        expect(size).toBeLessThanOrEqual(largestOf(of));
      }),
    );
  });

  it.each<[string, Sizes]>([
    ['uniform', { kind: 'uniform', least: 100, most: 900 }],
    [
      'weighted',
      {
        kind: 'weighted',
        choices: [
          { value: 100, weight: 9 },
          { value: 10_000, weight: 1 },
        ],
      },
    ],
    ['zipf', { kind: 'zipf', least: 100, most: 100_000, exponent: 1.1 }],
  ])('have the mean that batches are planned with: %s', (_name, of) => {
    const sizeOf = messageSizes(of, 11);
    let sum = 0;
    let squares = 0;
    for (let n = 0; n < samples; n += 1) {
      const size = sizeOf(n % 64, Math.floor(n / 64));
      sum += size;
      squares += size * size;
    }
    const mean = sum / samples;
    const error = Math.sqrt((squares / samples - mean ** 2) / samples);
    expect(Math.abs(mean - meanSize(of))).toBeLessThan(5 * error);
  });

  it('of a Zipf distribution are small ones often and large ones rarely', () => {
    const of: Sizes = { kind: 'zipf', least: 100, most: 100_000, exponent: 1 };
    const sizeOf = messageSizes(of, 3);
    const drawn = Array.from({ length: samples }, (_, n) => sizeOf(1, n));
    const harmonic = Array.from({ length: 64 }, (_, r) => 1 / (r + 1)).reduce((a, b) => a + b, 0);
    expect(isShare(drawn.filter((size) => size === 100).length, 1 / harmonic)).toBe(true);
    expect(isShare(drawn.filter((size) => size === 100_000).length, 1 / 64 / harmonic)).toBe(true);
  });
});

const choices: fc.Arbitrary<KeyChoice> = fc.oneof(
  fc.constant<KeyChoice>({ kind: 'in-turn' }),
  fc.constant<KeyChoice>({ kind: 'uniform' }),
  fc.constant<KeyChoice>({ kind: 'zipf', exponent: 1.1 }),
  fc.constant<KeyChoice>({ kind: 'hot', keys: 1, share: 0.8 }),
);

describe('keys', () => {
  it('number the messages of each lane densely from 0, whatever chooses them and whatever is left out', () => {
    const numbers = fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 300 });
    fc.assert(
      fc.property(
        choices,
        fc.integer({ min: 1, max: 50 }),
        fc.nat(),
        numbers,
        (of, keys, seed, steps) => {
          const lanes = laneNumbers(of, keys, seed);
          const next = new Map<number, number>();
          let number = 0;
          for (const step of steps) {
            number += step;
            const bucket = lanes.next(number);
            expect(bucket).toBeGreaterThanOrEqual(0);
            expect(bucket).toBeLessThan(keys);
            expect(lanes.seq).toBe(next.get(bucket) ?? 0);
            next.set(bucket, lanes.seq + 1);
          }
        },
      ),
    );
  });

  const countsOf = (of: KeyChoice, keys: number, seed = 5): readonly number[] => {
    const lanes = laneNumbers(of, keys, seed);
    const counts = Array.from({ length: keys }, () => 0);
    for (let n = 0; n < samples; n += 1) {
      const bucket = lanes.next(n);
      counts[bucket] = (counts[bucket] ?? 0) + 1;
    }
    return counts;
  };

  it('take turns, or come alike', () => {
    expect(new Set(countsOf({ kind: 'in-turn' }, 10))).toEqual(new Set([samples / 10]));
    const uniform = countsOf({ kind: 'uniform' }, 10);
    expect(uniform.every((count) => isShare(count, 0.1))).toBe(true);
    expect(new Set(uniform).size).toBeGreaterThan(1);
  });

  it('come by Zipf’s law: the first n^s times as often as the n-th', () => {
    const counts = countsOf({ kind: 'zipf', exponent: 1.5 }, 100);
    const total = Array.from({ length: 100 }, (_, r) => (r + 1) ** -1.5).reduce((a, b) => a + b, 0);
    for (const rank of [1, 2, 4, 10, 100]) {
      expect(isShare(counts[rank - 1] ?? 0, rank ** -1.5 / total), `rank ${rank}`).toBe(true);
    }
  });

  it('are hot: a few of them have their share, and the others the rest', () => {
    const counts = countsOf({ kind: 'hot', keys: 2, share: 0.8 }, 20);
    expect(isShare((counts[0] ?? 0) + (counts[1] ?? 0), 0.8)).toBe(true);
    expect(isShare(counts[0] ?? 0, 0.4)).toBe(true);
    expect(isShare(counts[19] ?? 0, 0.2 / 18)).toBe(true);
    expect(countsOf({ kind: 'hot', keys: 4, share: 0.3 }, 4).every((n) => n > 0)).toBe(true);
  });

  it('come from the seed', () => {
    expect(countsOf({ kind: 'uniform' }, 10, 1)).toEqual(countsOf({ kind: 'uniform' }, 10, 1));
    expect(countsOf({ kind: 'uniform' }, 10, 1)).not.toEqual(countsOf({ kind: 'uniform' }, 10, 2));
  });
});
