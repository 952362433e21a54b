import { describe, expect, it } from 'vitest';
import { newestOfKeys } from '../../../harness/run/newest-of-keys.ts';

const newest = new Map([
  [0, 9],
  [1, 4],
]);
const copy = (lane: number, seq: number, sentMs = 0) => ({ lane, seq, sentNs: sentMs * 1e6 });

describe('what was found of each key', () => {
  it('is complete where the newest of each is there and nothing else', () => {
    const found = newestOfKeys([copy(1, 4), copy(0, 9)], newest, 50e6);
    expect(found).toEqual({ keys: 2, missing: 0, replaced: 0, oldestReplacedMs: 0 });
  });

  it('tells of keys whose newest is gone, though older ones are there', () => {
    const found = newestOfKeys([copy(0, 9), copy(1, 3)], newest, 50e6);
    expect(found).toMatchObject({ missing: 1, replaced: 1 });
  });

  it('counts what was replaced once, and how old the oldest of it is', () => {
    const copies = [copy(0, 7, 30), copy(0, 7, 30), copy(0, 8, 40), copy(0, 9, 45), copy(1, 4, 46)];
    expect(newestOfKeys(copies, newest, 50e6)).toMatchObject({ replaced: 2, oldestReplacedMs: 20 });
  });

  it('takes what was sent later and never acknowledged for the newest', () => {
    expect(newestOfKeys([copy(0, 10), copy(1, 4)], newest, 50e6)).toMatchObject({ missing: 0 });
  });

  it('knows nothing of keys of which nothing was acknowledged', () => {
    expect(newestOfKeys([copy(7, 0)], new Map(), 50e6)).toMatchObject({ keys: 0, replaced: 0 });
  });
});
