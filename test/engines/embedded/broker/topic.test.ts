import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { topic } from '../../../../engines/embedded/broker/exchanges/topic.ts';

const matches = (pattern: string, key: string): boolean =>
  topic({ key: pattern, match: 'all', headers: {} })({ key, headers: () => ({}) });

/** Words as AMQP counts them, matched by trying everything. */
function naive(pattern: readonly string[], words: readonly string[]): boolean {
  const [first, ...rest] = pattern;
  if (first === undefined) return words.length === 0;
  if (first === '#') {
    return Array.from({ length: words.length + 1 }, (_, taken) => words.slice(taken)).some((left) =>
      naive(rest, left),
    );
  }
  return words.length > 0 && (first === '*' || first === words[0]) && naive(rest, words.slice(1));
}

/** Another opinion: one regular expression for the whole pattern. */
function asExpression(pattern: string): RegExp {
  if (pattern === '') return /^$/;
  let source = '';
  for (const word of pattern.split('.')) {
    if (word === '#') source += String.raw`(?:[^.]*\.)*`;
    else if (word === '*') source += String.raw`[^.]*\.`;
    else source += String.raw`${word}\.`;
  }
  return new RegExp(`^${source}$`);
}

const word = fc.constantFrom('a', 'b', '');
const words = fc.array(word, { minLength: 1, maxLength: 6 });
const pattern = fc.array(fc.oneof(word, fc.constantFrom('*', '#')), { minLength: 1, maxLength: 6 });

describe('a topic pattern', () => {
  test.each([
    ['stock.*', 'stock.usd', true],
    ['stock.*', 'stock', false],
    ['stock.*', 'stock.usd.nyse', false],
    ['stock.#', 'stock', true],
    ['stock.#', 'stock.usd.nyse', true],
    ['#.nyse', 'stock.usd.nyse', true],
    ['#.usd.#', 'stock.usd.nyse', true],
    ['#', '', true],
    ['*', '', false],
    ['', '', true],
    ['*.*', '.', true],
    ['a.#.b', 'a.b', true],
    ['#.*', 'a', true],
    ['#.*', '', false],
    ['a*', 'ab', false],
  ])('%s and the key %s: %s', (of, key, expected) => {
    expect(matches(of, key)).toBe(expected);
  });

  test('agrees with two naive oracles', () => {
    fc.assert(
      fc.property(pattern, words, (of, key) => {
        const [text, joined] = [of.join('.'), key.join('.')];
        const split = (one: string): string[] => (one === '' ? [] : one.split('.'));
        const got = matches(text, joined);
        expect(got).toBe(naive(split(text), split(joined)));
        expect(got).toBe(asExpression(text).test(joined === '' ? '' : `${joined}.`));
      }),
      { numRuns: 5_000 },
    );
  });
});
