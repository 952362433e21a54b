import { describe, expect, it } from 'vitest';
import { parseSizes, parseSkew, parseWork } from '../../../../harness/cli/load/spread-text.ts';

describe('what may differ from message to message, as it is written', () => {
  it.each([
    ['1k', 1_000],
    ['uniform:100..10k', { kind: 'uniform', least: 100, most: 10_000 }],
    [
      'weighted:100=9,10k=1',
      {
        kind: 'weighted',
        choices: [
          { value: 100, weight: 9 },
          { value: 10_000, weight: 1 },
        ],
      },
    ],
    ['zipf:1.1/100..64k', { kind: 'zipf', least: 100, most: 64_000, exponent: 1.1 }],
  ])('sizes: %s', (text, value) => {
    expect(parseSizes(text)).toEqual({ is: 'value', value });
  });

  it.each([
    ['', /is no size/],
    ['big', /is no size/],
    ['uniform:100', /is no size/],
    ['weighted:100', /is no size/],
    ['weighted:100=0', /is no size/],
    ['zipf:9/100..200', /is no size/],
    ['uniform:900..100', /the smaller size comes first/],
    ['63', /at least 64 B/],
    ['weighted:100=1,8=1', /at least 64 B/],
    ['100M', /at most 64 MiB/],
  ])('no sizes: %s', (text, what) => {
    expect(parseSizes(text)).toEqual({ is: 'problem', what: expect.stringMatching(what) });
  });

  it.each([
    ['in-turn', { kind: 'in-turn' }],
    ['uniform', { kind: 'uniform' }],
    ['zipf:0.99', { kind: 'zipf', exponent: 0.99 }],
    ['hot:5@80%', { kind: 'hot', keys: 5, share: 0.8 }],
  ])('keys: %s', (text, value) => {
    expect(parseSkew(text)).toEqual({ is: 'value', value });
  });

  it.each(['zipf', 'zipf:0', 'uniform:3', 'hot:5', 'hot:0@80%', 'hot:5@120%', 'cold'])(
    'no keys: %s',
    (text) => {
      expect(parseSkew(text)).toEqual({
        is: 'problem',
        what: expect.stringContaining('is no choice of keys'),
      });
    },
  );

  it.each([
    ['none', 'none'],
    ['5ms', { by: 'waiting', time: { kind: 'constant', ms: 5 } }],
    ['busy:250us', { by: 'busy', time: { kind: 'constant', ms: 0.25 } }],
    ['exponential:5ms', { by: 'waiting', time: { kind: 'exponential', meanMs: 5 } }],
    ['busy:uniform:1ms..9ms', { by: 'busy', time: { kind: 'uniform', leastMs: 1, mostMs: 9 } }],
  ])('work: %s', (text, value) => {
    expect(parseWork(text)).toEqual({ is: 'value', value });
  });

  it.each(['5', '0ms', 'busy', 'lazy:5ms', 'uniform:9ms..1ms', 'exponential:0ms'])(
    'no work: %s',
    (text) => {
      expect(parseWork(text)).toEqual({
        is: 'problem',
        what: expect.stringContaining('is no work'),
      });
    },
  );
});
