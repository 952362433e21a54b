import { describe, expect, it } from 'vitest';
import { consumerA, judge, producer, resultOf } from '../history-of.ts';
import { transacted, type TransactionHistory, transactions } from './transaction-history.ts';

describe('T10 position after an abort', () => {
  const classes = (history: TransactionHistory): object => {
    const result = resultOf(judge(history, transacted), 'T10');
    return result.status === 'decided' ? { ...result.classes, count: result.count } : {};
  };
  const aborted = () => {
    const history = transactions().sendAll(0, 4).deliver(0, 1).deliver(0, 2);
    const { actor } = consumerA;
    history.begin(1, { actor }).reads(1, 0, 1, 0, actor).reads(1, 0, 2, 0, actor);
    return history.abort(1, 'ok', { actor });
  };

  it('observes, and finds nothing', () => {
    expect(classes(aborted().deliver(0, 3))).toEqual({ unchanged: 1, count: 0 });
    expect(classes(aborted().deliver(0, 1))).toEqual({ rewound: 1, count: 0 });
    expect(classes(aborted().deliver(0, 0))).toEqual({ 'rewound further': 1, count: 0 });
    expect(classes(aborted().deliver(0, 2))).toEqual({ 'rewound in part': 1, count: 0 });
  });

  it('observes nothing after a seek, or of a copy requested before the abort', () => {
    const seek = { kind: 25, ...consumerA, group: 0 } as const;
    expect(classes(aborted().add(seek).deliver(0, 1))).toEqual({ count: 0 });
    expect(classes(aborted().deliver(0, 3, { requestedNs: 0 }))).toEqual({ count: 0 });
  });

  it('is of the consumer whose transaction it was', () => {
    expect(classes(aborted().deliver(0, 3, { to: { actor: producer, session: 9 } }))).toEqual({
      count: 0,
    });
  });

  it('observes what comes after a transaction that consumed nothing, and so moved nothing', () => {
    const { actor } = consumerA;
    const idle = aborted().begin(2, { actor }).commit(2, 'ok', { actor });
    expect(classes(idle.deliver(0, 3))).toEqual({ unchanged: 1, count: 0 });
    const other = aborted().begin(2, { actor }).reads(2, 0, 3, 0, actor).commit(2, 'ok', { actor });
    expect(classes(other.deliver(0, 3))).toEqual({ count: 0 });
  });
});
