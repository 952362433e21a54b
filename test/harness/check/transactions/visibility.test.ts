import { describe, expect, it } from 'vitest';
import type { CheckId } from '../../../../harness/core/anomalies.ts';
import { findings, judge, resultOf } from '../history-of.ts';
import { transacted, type TransactionHistory, transactions } from './transaction-history.ts';

/** What was found of the ids that the test is about. */
function found(history: TransactionHistory, ...ids: readonly CheckId[]): object {
  const all = Object.entries(findings(judge(history, transacted)));
  return Object.fromEntries(all.filter(([id]) => ids.some((asked) => asked === id)));
}

const visibility = ['T1', 'T2', 'T3', 'T6', 'D1', 'D8', 'D12'] as const;
const shown = (history: TransactionHistory): object => found(history, ...visibility);

describe('T1 aborted read', () => {
  it('finds a message delivered after the abort of its transaction', () => {
    const history = transactions().begin(1).write(1, 0, 0).abort(1).deliver(0, 0).drained();
    expect(shown(history)).toEqual({ T1: '1' });
  });

  it('finds one that was read before the abort, and does not call it early besides', () => {
    const history = transactions().begin(1).write(1, 0, 0).deliver(0, 0).abort(1).drained();
    expect(shown(history)).toEqual({ T1: '1' });
  });

  it('finds one whose commit was refused for certain, and no other answer to it came', () => {
    const refused = () => transactions().begin(1).write(1, 0, 0).commit(1, 'fail').deliver(0, 0);
    expect(shown(refused().drained())).toEqual({ T1: '1' });
    expect(shown(refused().commit(1).drained())).toEqual({});
    expect(shown(refused().commit(1, 'unknown').drained())).toEqual({});
  });

  it('is silent while nobody reads it, and does not take it for lost', () => {
    const history = transactions().begin(1).write(1, 0, 0).abort(1).drained();
    expect(shown(history)).toEqual({});
    expect(resultOf(judge(history, transacted), 'T1')).toMatchObject({ exposure: 1 });
  });

  it('lets a message be seen that was sent again in a transaction that was committed', () => {
    const history = transactions().begin(1).write(1, 0, 0).abort(1).begin(2).write(2, 0, 0);
    expect(shown(history.commit(2).deliver(0, 0).drained())).toEqual({});
  });

  it('lets a message be seen that was sent again outside of any transaction', () => {
    const history = transactions().begin(1).write(1, 0, 0).abort(1).send(0, 0).deliver(0, 0);
    expect(shown(history.drained())).toEqual({});
  });

  it('proves nothing by an abort that was not answered ok', () => {
    const history = transactions().begin(1).write(1, 0, 0).abort(1, 'unknown').deliver(0, 0);
    expect(found(history.drained(), 'T1')).toEqual({});
  });

  it('is possible only when a commit of unknown outcome came before the abort', () => {
    const history = transactions().begin(1).write(1, 0, 0).commit(1, 'unknown').abort(1);
    expect(found(history.deliver(0, 0).drained(), 'T1')).toEqual({ T1: '0+1' });
  });

  it('says nothing about readers of uncommitted messages', () => {
    const history = transactions().begin(1).write(1, 0, 0).abort(1).deliver(0, 0).drained();
    const judgement = judge(history, { transactions: 'read-uncommitted' });
    expect(resultOf(judgement, 'T1').status).toBe('inapplicable');
  });
});

describe('T2 early read', () => {
  it('finds a delivery before the request for the commit', () => {
    const history = transactions().begin(1).write(1, 0, 0).deliver(0, 0).commit(1).drained();
    expect(shown(history)).toEqual({ T2: '1' });
  });

  it('finds nothing between the request and its answer', () => {
    const history = transactions().begin(1).write(1, 0, 0).asks(1, 'commit').deliver(0, 0);
    expect(shown(history.answers(1, 'commit').drained())).toEqual({});
  });

  it('finds a delivery of what was never committed at all', () => {
    const history = transactions().begin(1).write(1, 0, 0).deliver(0, 0).drained();
    expect(shown(history)).toEqual({ T2: '1' });
  });

  it('calls a transaction that consumed its own write by its name', () => {
    const history = transactions().begin(1).write(1, 0, 0).deliver(0, 0).reads(1, 0, 0).commit(1);
    const result = resultOf(judge(history.drained(), transacted), 'T2');
    expect(result).toMatchObject({ count: 1, classes: { own: 1 } });
  });

  it('is possible only at the very instant of the request', () => {
    const history = transactions().begin(1).write(1, 0, 0).deliver(0, 0);
    const commit = history.wait(-1_000).commit(1).drained();
    expect(found(commit, 'T2')).toEqual({ T2: '0+1' });
  });
});

describe('T3 torn', () => {
  const half = () => transactions().begin(1).write(1, 0, 0).write(1, 1, 0);

  it('finds a committed transaction of which a drained subscription got a half', () => {
    const history = half().commit(1).deliver(0, 0).drained();
    expect(shown(history)).toEqual({ T3: '1', D1: '1' });
  });

  it('leaves a transaction that was lost in whole to D1', () => {
    expect(shown(half().commit(1).drained())).toEqual({ D1: '2' });
  });

  it('finds a half of one whose commit was requested and never answered', () => {
    const history = half().asks(1, 'commit').deliver(0, 0).drained();
    expect(shown(history)).toEqual({ T3: '1', D12: '1' });
  });

  it('finds a half of one whose commit was refused, and nothing in one of which nothing was seen', () => {
    const history = half().commit(1, 'fail').deliver(0, 0).drained();
    expect(shown(history)).toEqual({ T1: '1', T3: '1' });
    const result = resultOf(judge(history, transacted), 'T3');
    expect(result).toMatchObject({ classes: { refused: 1 } });
    expect(shown(half().commit(1, 'fail').drained())).toEqual({});
    const early = half().deliver(0, 0).commit(1, 'fail').drained();
    expect(found(early, 'T1', 'T2', 'T3')).toEqual({ T1: '1' });
  });

  it('proves no commit by a message that was read before it was requested', () => {
    const history = half().deliver(0, 0).asks(1, 'commit').drained();
    expect(found(history, 'T2', 'T3')).toEqual({ T2: '1' });
  });

  it('does not miss a message whose send was not acknowledged', () => {
    const history = transactions().begin(1).write(1, 0, 0).write(1, 1, 0, { outcome: 'unknown' });
    expect(found(history.commit(1).deliver(0, 0).drained(), 'T3')).toEqual({});
  });

  it('is undecided while the subscription may still read', () => {
    expect(found(half().commit(1).deliver(0, 0), 'T3')).toEqual({ T3: 'undecided' });
  });

  it('counts the transactions that were whole, however many they were', () => {
    const history = transactions();
    for (let at = 0; at < 3_000; at += 1) {
      history
        .begin(at + 1)
        .write(at + 1, 0, at)
        .write(at + 1, 1, at)
        .commit(at + 1);
      history.deliver(0, at);
      if (at !== 7) history.deliver(1, at);
    }
    const result = resultOf(judge(history.drained(), transacted), 'T3');
    expect(result).toMatchObject({ count: 1, exposure: 3_000 });
  });

  it('is undecided when too many transactions were incomplete at once', () => {
    const history = transactions();
    for (let at = 0; at < 70_000; at += 1) {
      history.add({ kind: 1, lane: 0, seq: at, attempt: 1, ref: at + 1 }).settled(0, at, 'ok');
      history.commit(at + 1);
    }
    const result = resultOf(judge(history.drained(), transacted), 'T3');
    expect(result).toMatchObject({ status: 'undecided', reason: /16384 committed/ });
  });
});

describe('T6 leaked', () => {
  const late = () => transactions().begin(1).write(1, 0, 0, { outcome: 'open' }).abort(1).begin(2);

  it('finds an unanswered write of an aborted transaction that came with the next commit', () => {
    const history = late().write(2, 0, 1).commit(2).deliver(0, 0).deliver(0, 1).drained();
    expect(shown(history)).toEqual({ T6: '1', T1: '1' });
  });

  it('is T1 alone when the write had been answered before the abort', () => {
    const history = transactions().begin(1).write(1, 0, 0).abort(1).begin(2).write(2, 0, 1);
    expect(shown(history.commit(2).deliver(0, 0).deliver(0, 1).drained())).toEqual({ T1: '1' });
  });

  it('is T1 alone when it was visible before the next commit was requested', () => {
    const history = late().write(2, 0, 1).deliver(0, 0).commit(2).deliver(0, 1).drained();
    expect(shown(history)).toEqual({ T1: '1' });
  });

  it('is T1 alone when the next transaction is of another producer', () => {
    const other = transactions().begin(1).write(1, 0, 0, { outcome: 'open' }).abort(1);
    const history = other.begin(2, { id: 7 }).write(2, 1, 0).commit(2).deliver(0, 0).deliver(1, 0);
    expect(shown(history.drained())).toEqual({ T1: '1' });
  });
});

describe('what is acknowledged and what is unsettled', () => {
  it('takes a message for unsettled whose commit has an unknown outcome', () => {
    const history = transactions().begin(1).write(1, 0, 0).commit(1, 'unknown').drained();
    expect(shown(history)).toEqual({ D12: '1' });
  });

  it('takes one whose commit was never requested for neither', () => {
    expect(shown(transactions().begin(1).write(1, 0, 0).drained())).toEqual({});
  });

  it('takes an unanswered send of a committed transaction for unsettled', () => {
    const history = transactions().begin(1).write(1, 0, 0, { outcome: 'open' }).commit(1).drained();
    expect(shown(history)).toEqual({ D12: '1' });
  });
});
