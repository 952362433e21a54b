import { describe, expect, it } from 'vitest';
import { AcknowledgedEnds } from '../../../../harness/check/lease/acknowledged-ends.ts';
import { EventKind } from '../../../../harness/core/events.ts';
import { defaultBounds } from '../../../../harness/core/facts.ts';
import { consumerA, findings, historyOf, judge, resultOf } from '../history-of.ts';

const bounds = { ...defaultBounds, stalenessMs: 10 };
const stored = () => historyOf().send(0, 0, 'ok', [7, 0]).send(0, 1, 'ok', [7, 1]);
const read = (
  history: ReturnType<typeof stored>,
  positionMajor: number,
  auxNs = history.nowNs,
  scope = 7,
) => history.add({ kind: EventKind.read, ...consumerA, group: 0, scope, positionMajor, auxNs });
const v6 = (history: ReturnType<typeof stored>, more = {}) =>
  findings(judge(history, { placed: true, bounds, ...more })).V6;

describe('V6 a stale read', () => {
  it('finds a read that ends before what was acknowledged long ago', () => {
    const judgement = judge(read(stored().wait(11e6), 1), { placed: true, bounds });
    expect(resultOf(judgement, 'V6')).toMatchObject({ count: 1, possible: 0, exposure: 1 });
    expect(v6(read(stored().wait(11e6), 2))).toBeUndefined();
    expect(v6(read(stored().wait(11e6), 0, undefined, 8))).toBeUndefined();
  });

  it('counts from the acknowledgement to the invocation of the read', () => {
    expect(v6(read(stored().wait(9e6), 1))).toBeUndefined();
    const invokedNs = stored().nowNs + 5e6;
    expect(v6(read(stored().wait(60e6), 1, invokedNs))).toBeUndefined();
    expect(v6(read(historyOf().send(0, 0, 'unknown', [7, 0]).wait(60e6), 0))).toBeUndefined();
  });

  it('measures from the first entry at or beyond its end', () => {
    const history = historyOf().send(0, 0, 'ok', [7, 9]).wait(11e6).send(0, 1, 'ok', [7, 5]);
    expect(v6(read(history, 5))).toBe('1');
  });

  it('doubts readers that wait for transactions', () => {
    const facts = { transactions: 'read-committed' as const };
    expect(v6(read(stored().wait(11e6), 1), facts)).toBe('0+1');
    expect(resultOf(judge(stored()), 'V6').status).toBe('inapplicable');
  });
});

describe('the ends of a scope over time', () => {
  it('know to within a span when a position was acknowledged, however many there are', () => {
    const ends = new AcknowledgedEnds();
    for (let at = 0; at < 20_000; at += 1) ends.acknowledged(at * 10, at, 0);
    expect(ends.size).toBeLessThanOrEqual(4_096);
    for (const major of [0, 1, 4_095, 12_345, 19_999]) {
      const found = ends.firstBeyond({ major, minor: 0 });
      expect(found?.fromNs).toBeLessThanOrEqual(major * 10);
      expect(found?.toNs).toBeGreaterThanOrEqual(major * 10);
    }
    expect(ends.firstBeyond({ major: 20_000, minor: 0 })).toBeUndefined();
  });

  it('keep one point of what was acknowledged at one instant', () => {
    const ends = new AcknowledgedEnds();
    for (let at = 0; at < 20_000; at += 1) ends.acknowledged(Math.floor(at / 100), at, 0);
    expect(ends.size).toBe(200);
    for (const major of [0, 99, 100, 12_345, 19_999]) {
      const atNs = Math.floor(major / 100);
      expect(ends.firstBeyond({ major, minor: 0 })).toEqual({ fromNs: atNs, toNs: atNs });
    }
  });
});
