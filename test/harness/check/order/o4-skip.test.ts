import { describe, expect, it } from 'vitest';
import { EventKind } from '../../../../harness/core/events.ts';
import { plainGroup } from '../../../../harness/core/facts.ts';
import { findings, type HistoryBuilder, historyOf, judge, resultOf } from '../history-of.ts';

const readerOf = (group: number) => ({ actor: 2 + group, session: 20 + group });
const groups = [plainGroup, plainGroup];

/** Seq n stands at position n of scope 0, and its sender was told so. */
const sent = (count = 5) => {
  const history = historyOf();
  for (let seq = 0; seq < count; seq += 1) history.send(0, seq, 'ok', [0, seq]);
  return history;
};
const read = (history: HistoryBuilder, group: number, positions: readonly number[]) => {
  for (const seq of positions) {
    history.deliver(0, seq, { to: readerOf(group), group, at: [0, seq], redelivered: false });
  }
  return history;
};
const all = [0, 1, 2, 3, 4];
const judged = (history: HistoryBuilder, facts = {}) =>
  judge(history.drained(0).drained(1), { groups, placed: true, ...facts });
const found = (history: HistoryBuilder, facts = {}) => findings(judged(history, facts)).O4;

describe('O4 an existing entry skipped', () => {
  it('finds an entry that one group got and another jumped over', () => {
    for (const before of [true, false]) {
      const history = before ? read(sent(), 1, all) : sent();
      read(history, 0, [0, 1, 3, 4]);
      if (!before) read(history, 1, all);
      const judgement = judged(history);
      expect(findings(judgement)).toEqual({ O4: '1', D1: '1', R5: '1' });
      expect(resultOf(judgement, 'O4')).toMatchObject({
        classes: { skipped: 1 },
        culprits: [{ about: 'scope', scope: 0, group: 0 }],
      });
    }
  });

  it('knows when it was jumped over', () => {
    const history = read(sent(), 0, [0, 1, 3]);
    const { nowNs } = history;
    const judgement = judged(read(read(history, 0, [4]), 1, all));
    expect(resultOf(judgement, 'O4')).toMatchObject({ culprits: [{ atNs: nowNs }] });
  });

  it('accepts a gap that is closed later, by whomever', () => {
    expect(found(read(read(sent(), 0, [0, 1, 3, 4, 2]), 1, all))).toBeUndefined();
    const history = read(sent(), 0, [0, 1, 3, 4]);
    const other = { actor: 9, session: 90 };
    history.deliver(0, 2, { to: other, at: [0, 2] });
    expect(found(read(history, 1, all))).toBeUndefined();
  });

  it('accepts positions at which nobody saw anything', () => {
    const history = historyOf().send(0, 0, 'ok', [0, 0]).send(0, 1, 'ok', [0, 7]);
    for (const group of [0, 1]) {
      history.deliver(0, 0, { to: readerOf(group), group, at: [0, 0] });
      history.deliver(0, 1, { to: readerOf(group), group, at: [0, 7] });
    }
    expect(found(history)).toBeUndefined();
  });

  it('is only possible for an entry that only its sender was told of, which may be lost', () => {
    const history = read(read(sent(), 0, [0, 1, 3, 4]), 1, [0, 1, 3, 4]);
    expect(found(history)).toBe('0+2');
  });

  it.each([
    ['a seek', { kind: EventKind.seeked, ...readerOf(0), group: 0 }],
    ['a new assignment', { kind: EventKind.assigned, ...readerOf(0), group: 0 }],
    ['a new session', { kind: EventKind.sessionClosed, ...readerOf(0), group: 0 }],
  ])('accepts what was passed over by %s', (_what, event) => {
    const history = read(read(sent(), 0, [0, 1]).add(event), 0, [3, 4]);
    expect(found(read(history, 1, all))).toBeUndefined();
  });

  it('accepts what stands before the first and behind the last position of a run', () => {
    expect(found(read(read(sent(), 0, [1, 2, 3]), 1, all))).toBeUndefined();
  });

  it('takes a redelivery for no position of its reader', () => {
    const flagged = { to: readerOf(0), group: 0, redelivered: true };
    const behind = sent().deliver(0, 0, { ...flagged, at: [0, 0] });
    expect(found(read(read(behind, 0, [2, 3, 4]), 1, all))).toBeUndefined();
    const ahead = read(sent(), 0, [0, 1]).deliver(0, 4, { ...flagged, at: [0, 4] });
    expect(found(read(ahead, 1, all))).toBeUndefined();
  });

  it('is only possible where something was removed from the group', () => {
    for (const kind of [EventKind.expired, EventKind.deadLettered, EventKind.purged]) {
      const history = read(read(sent(), 0, [0, 1, 3, 4]), 1, all);
      expect(found(history.add({ kind, group: 0, lane: 0, seq: 2 }))).toBe('0+1');
      const elsewhere = read(read(sent(), 0, [0, 1, 3, 4]), 1, all);
      expect(found(elsewhere.add({ kind, group: 1, lane: 0, seq: 2 }))).toBe('1');
    }
  });

  it('is undecided where the group was not drained', () => {
    const history = read(read(sent(), 0, [0, 1, 3, 4]), 1, all).drained(1);
    const result = resultOf(judge(history, { groups, placed: true }), 'O4');
    expect(result).toMatchObject({
      status: 'undecided',
      reason: 'subscription 0 was not drained',
    });
  });

  it('is no matter of filters and of transactions', () => {
    const filtered = [{ ...plainGroup, filtered: true }, plainGroup];
    expect(found(read(read(sent(), 0, [0, 2]), 1, all), { groups: filtered })).toBeUndefined();
    const history = historyOf();
    for (const seq of all) {
      const ref = seq === 2 ? 1 : 0;
      history.add({ kind: EventKind.sendInvoke, lane: 0, seq, attempt: 1, ref, actor: 1 });
      history.settled(0, seq, 'ok', [0, seq]);
    }
    const facts = { transactions: 'read-committed' } as const;
    expect(found(read(read(history, 0, [0, 1, 3, 4]), 1, all), facts)).toBeUndefined();
  });

  it('has had no chance to show itself with a single reader', () => {
    const judgement = judge(read(sent(), 0, all).drained(), { placed: true });
    expect(resultOf(judgement, 'O4')).toMatchObject({ count: 0, exposure: 0 });
  });
});
