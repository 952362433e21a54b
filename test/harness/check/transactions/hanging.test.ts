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

  it('is undecided without reads', () => {
    expect(t9(committed())).toBe('undecided');
  });
});
