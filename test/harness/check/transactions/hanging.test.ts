import { describe, expect, it } from 'vitest';
import { defaultBounds } from '../../../../harness/core/facts.ts';
import { findings, judge } from '../history-of.ts';
import { transacted, type TransactionHistory, transactions } from './transaction-history.ts';

describe('T9 hanging transaction', () => {
  const bounds = { ...defaultBounds, hangingMs: 1 };
  const committed = () =>
    transactions()
      .begin(1)
      .write(1, 0, 0, { at: [5, 2] })
      .commit(1);
  const t9 = (history: TransactionHistory): unknown =>
    findings(judge(history, { ...transacted, bounds, placed: true })).T9;

  it('finds a read that cannot see what was committed for longer than the bound', () => {
    expect(t9(committed().wait(1.1e6).looks(5, 1))).toBe('1');
  });

  it('finds nothing within the bound, and nothing in what can be seen', () => {
    expect(t9(committed().wait(0.9e6).looks(5, 1))).toBeUndefined();
    expect(t9(committed().wait(1.1e6).looks(5, 3))).toBeUndefined();
  });

  it('lets an entry wait for a transaction that began before it and is open', () => {
    const history = transactions()
      .begin(9)
      .begin(1)
      .write(1, 0, 0, { at: [5, 2] })
      .commit(1);
    expect(t9(history.wait(5e6).looks(5, 1))).toBeUndefined();
    expect(t9(history.abort(9).wait(1.1e6).looks(5, 1))).toBe('1');
  });

  it('waits for no transaction that began later, or was fenced', () => {
    expect(t9(committed().begin(9).wait(1.1e6).looks(5, 1))).toBe('1');
    const history = transactions()
      .begin(9, { id: 4 })
      .begin(1)
      .write(1, 0, 0, { at: [5, 2] });
    expect(t9(history.commit(1).init(4, 1).wait(1.1e6).looks(5, 1))).toBe('1');
  });

  it('counts once until the reader has got on', () => {
    const history = committed().wait(1.1e6).looks(5, 1).looks(5, 1).looks(5, 3).looks(5, 1);
    expect(t9(history)).toBe('2');
  });

  it('needs more than the bound, to the nanosecond', () => {
    const history = committed();
    const answeredNs = history.nowNs;
    history.looks(5, 1);
    for (const [ns, found] of [
      [1e6, undefined],
      [1e6 + 1, '1'],
    ] as const) {
      const [last] = history.events.slice(-1);
      if (last !== undefined) last.auxNs = answeredNs + ns;
      expect(t9(history)).toBe(found);
    }
  });

  it('lets an entry wait for a transaction of which nobody was seen to begin it', () => {
    const stored = () => transactions().send(1, 0, 'ok', [5, 1]);
    const consuming = stored().reads(8, 1, 0).send(1, 1, 'ok', [5, 2]).wait(1.1e6);
    expect(t9(consuming.looks(5, 2))).toBeUndefined();
    const ending = stored().asks(8, 'commit').send(1, 1, 'ok', [5, 2]).wait(1.1e6);
    expect(t9(ending.looks(5, 2))).toBeUndefined();
    const carrying = stored().carries(8, 5, 1).send(1, 1, 'ok', [5, 2]).wait(1.1e6);
    expect(t9(carrying.looks(5, 2))).toBeUndefined();
  });

  it('expects an entry whose acknowledgement comes after that of its commit', () => {
    const history = transactions().begin(1).write(1, 0, 0, { outcome: 'open' }).commit(1);
    expect(t9(history.settled(0, 0, 'ok', [5, 2]).wait(1.1e6).looks(5, 1))).toBe('1');
  });

  it('takes an older request, which sees less, for no progress', () => {
    const history = committed().wait(1.1e6).looks(5, 1).looks(5, 2).looks(5, 1);
    const [, older] = history.events.slice(-3);
    if (older !== undefined) older.auxNs = 1_000;
    expect(t9(history)).toBe('1');
  });

  it('is undecided without reads', () => {
    expect(t9(committed())).toBe('undecided');
  });
});
