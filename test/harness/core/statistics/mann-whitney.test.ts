import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../../../harness/core/random.ts';
import { mannWhitney } from '../../../../harness/core/statistics/mann-whitney.ts';
import { upperTail } from '../../../../harness/core/statistics/normal.ts';

/** Of all splits of the values into two groups, the share whose U is as far from its mean. */
function permuted(a: readonly number[], b: readonly number[]): number {
  const all = [...a, ...b];
  const uOf = (chosen: readonly number[], rest: readonly number[]): number =>
    chosen.flatMap((x) => rest.map((y) => (x > y ? 1 : x === y ? 0.5 : 0))).reduce(add, 0);
  const mean = (a.length * b.length) / 2;
  const seen = Math.abs(uOf(a, b) - mean);
  let extreme = 0;
  let total = 0;
  for (let mask = 0; mask < 1 << all.length; mask += 1) {
    const chosen = all.filter((_, index) => (mask >> index) & 1);
    if (chosen.length !== a.length) continue;
    const rest = all.filter((_, index) => !((mask >> index) & 1));
    total += 1;
    if (Math.abs(uOf(chosen, rest) - mean) >= seen - 1e-9) extreme += 1;
  }
  return extreme / total;
}

const add = (x: number, y: number): number => x + y;

const sample = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 5 });

describe('the Mann–Whitney test', () => {
  it('gives the p-value of the worked example of SciPy', () => {
    expect(mannWhitney([19, 22, 16, 29, 24], [20, 11, 17, 12])).toBeCloseTo(1 / 9, 10);
  });

  it('is the exact permutation test, ties included', () => {
    fc.assert(
      fc.property(sample, sample, (a, b) => {
        expect(mannWhitney(a, b)).toBeCloseTo(permuted(a, b), 9);
      }),
    );
  });

  it('does not care which sample comes first', () => {
    fc.assert(
      fc.property(sample, sample, (a, b) => {
        expect(mannWhitney(a, b)).toBeCloseTo(mannWhitney(b, a), 12);
      }),
    );
  });

  it('decides nothing with an empty sample, or where all values are one', () => {
    expect(mannWhitney([], [1, 2])).toBe(1);
    expect(mannWhitney([3, 3, 3], [3, 3])).toBe(1);
    const many = Array.from({ length: 30 }, () => 3);
    expect(mannWhitney(many, many)).toBe(1);
  });

  it('needs four and four to reach one in twenty', () => {
    expect(mannWhitney([1, 2, 3], [4, 5, 6])).toBeCloseTo(0.1);
    expect(mannWhitney([1, 2, 3, 4], [5, 6, 7, 8])).toBeCloseTo(2 / 70);
  });

  it('approximates large samples to what it counts for those just small enough', () => {
    const random = randomFrom(7);
    const draw = (count: number, shift: number): number[] =>
      Array.from({ length: count }, () => Math.round((random.unit() + shift) * 100));
    const a = draw(20, 0);
    const b = draw(20, 0.25);
    const exact = mannWhitney(a, b);
    const approximate = mannWhitney([...a, ...a.slice(0, 1)], [...b, ...b.slice(0, 1)]);
    expect(approximate).toBeGreaterThan(exact / 3);
    expect(approximate).toBeLessThan(exact * 3);
  });

  it('rejects at most one in twenty of pairs that come from one distribution', () => {
    const random = randomFrom(11);
    const draw = (): number[] => Array.from({ length: 8 }, () => random.unit() ** 3);
    const rejected = Array.from({ length: 400 }, () => mannWhitney(draw(), draw()) <= 0.05);
    const count = rejected.filter(Boolean).length;
    expect(count).toBeGreaterThan(4);
    expect(count).toBeLessThan(36);
  });
});

describe('the tail of the normal distribution', () => {
  it('has the values of the tables', () => {
    expect(upperTail(0)).toBeCloseTo(0.5, 6);
    expect(upperTail(1.959964)).toBeCloseTo(0.025, 6);
    expect(upperTail(3)).toBeCloseTo(0.0013499, 6);
  });
});
