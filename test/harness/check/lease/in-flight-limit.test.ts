import { describe, expect, it } from 'vitest';
import { EventKind } from '../../../../harness/core/events.ts';
import { consumerA, consumerB, findings, historyOf, judge, resultOf } from '../history-of.ts';

describe('V8 more in flight than the limit allows', () => {
  const limited = (limit: number) =>
    historyOf()
      .add({ kind: EventKind.sessionOpened, ...consumerA, group: 0, ref: limit })
      .sendAll(4, 4);
  const v8 = (history: ReturnType<typeof limited>, leased = false) =>
    findings(judge(history, { leased })).V8;

  it('finds each delivery beyond the limit', () => {
    const history = limited(2).deliver(4, 0).deliver(4, 1);
    expect(v8(history)).toBeUndefined();
    const judgement = judge(history.deliver(4, 2).deliver(4, 3));
    expect(resultOf(judgement, 'V8')).toMatchObject({ count: 2, possible: 0, exposure: 4 });
  });

  it('lets a settlement free its place from when it began, and an extension none', () => {
    const history = limited(2).deliver(4, 0).deliver(4, 1).beginSettle(4, 0);
    expect(v8(history.deliver(4, 2))).toBeUndefined();
    expect(v8(history.settle(4, 1, 'requeue').deliver(4, 3))).toBeUndefined();
    const extended = limited(1).deliver(4, 0).settle(4, 0, 'extend', 'ok', { leaseMs: 5 });
    expect(v8(extended.deliver(4, 1))).toBe('1');
  });

  it('doubts what may have been taken from the session', () => {
    const leased = limited(1).deliver(4, 0, { leaseMs: 1, requestedNs: 0 }).wait(2e6);
    expect(v8(leased.deliver(4, 1, { leaseMs: 1, requestedNs: 2e6 }), true)).toBe('0+1');
    const sought = limited(1)
      .deliver(4, 0)
      .add({ kind: EventKind.seeked, ...consumerA, group: 0 });
    expect(v8(sought.deliver(4, 1))).toBe('0+1');
  });

  it('counts what another session took over for that one only', () => {
    const history = limited(1)
      .deliver(4, 0)
      .settle(4, 0, 'requeue')
      .deliver(4, 0, { to: consumerB });
    expect(v8(history.deliver(4, 1))).toBeUndefined();
  });

  it('has no chance without a limit, and no place where nothing settles', () => {
    const free = judge(limited(0).deliver(4, 0).deliver(4, 1));
    expect(resultOf(free, 'V8')).toMatchObject({ count: 0, exposure: 0 });
    const automatic = judge(limited(1), { consumption: 'automatic' });
    expect(resultOf(automatic, 'V8').status).toBe('inapplicable');
  });
});
