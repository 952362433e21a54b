import { describe, expect, it } from 'vitest';
import { consumerA, consumerB, findings, historyOf, judge } from '../history-of.ts';

/** A pulls a message at once under a lease of 10 ms. */
const leased = () =>
  historyOf()
    .open(consumerA)
    .open(consumerB)
    .send(4, 0)
    .deliver(4, 0, { leaseMs: 10, requestedNs: 0 });

/** B gets it all the same, and A shows that it was connected. */
const again = (history: ReturnType<typeof leased>) =>
  history
    .deliver(4, 0, { to: consumerB, redelivered: true })
    .send(4, 1)
    .consume(4, 1)
    .settle(4, 0, 'acknowledge', 'ok', { to: consumerB })
    .drained();

const d5 = (history: ReturnType<typeof leased>) =>
  findings(judge(again(history), { leased: true })).D5;

describe('an extension of a lease', () => {
  it('keeps others away until the extended lease has ended', () => {
    expect(d5(leased().settle(4, 0, 'extend', 'ok', { leaseMs: 30 }).wait(12e6))).toBe('1');
    expect(d5(leased().settle(4, 0, 'extend', 'ok', { leaseMs: 30 }).wait(31e6))).toBeUndefined();
  });

  it('by nothing gives the message back', () => {
    expect(d5(leased().settle(4, 0, 'extend', 'ok', { leaseMs: 0 }))).toBeUndefined();
    expect(d5(leased().beginSettle(4, 0, 'extend', { leaseMs: 0 }))).toBe('0+1');
  });

  it('whose outcome is unknown leaves the end of the lease open', () => {
    const open = (waitNs: number) =>
      leased().settle(4, 0, 'extend', 'unknown', { leaseMs: 30 }).wait(waitNs);
    expect(d5(open(1e6))).toBe('1');
    expect(d5(open(12e6))).toBe('0+1');
    expect(d5(open(42e6))).toBeUndefined();
  });

  it('by somebody who does not hold the message proves nothing about its end', () => {
    const byB = leased().settle(4, 0, 'extend', 'ok', { leaseMs: 30, to: consumerB });
    expect(d5(byB.wait(12e6))).toBe('0+1');
  });

  it('that ran beside another leaves open which of them came last', () => {
    const two = leased().beginSettle(4, 0, 'extend', { leaseMs: 5 });
    expect(d5(two.settle(4, 0, 'extend', 'ok', { leaseMs: 30 }).wait(6e6))).toBe('0+1');
  });
});
