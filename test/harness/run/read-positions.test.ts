import { describe, expect, it } from 'vitest';
import {
  emptyEvent,
  EventKind,
  type EventRecord,
  OutcomeCode,
  TransactionEndCode,
} from '../../../harness/core/events.ts';
import { ReadPositions } from '../../../harness/run/read-positions.ts';
import {
  consumerA,
  consumerB,
  type Holder,
  type HistoryBuilder,
  historyOf,
} from '../check/history-of.ts';

/** How far scope 0 counts as read; -1 when nothing does. */
function reached({ events }: HistoryBuilder): number {
  const positions = new ReadPositions();
  for (const event of events) positions.observe(event);
  return positions.reached(0, 0)?.major ?? -1;
}

const read = (history: HistoryBuilder, offset: number, to: Holder): HistoryBuilder =>
  history.deliver(0, offset, { to, at: [0, offset] });

describe('how far a subscription has read', () => {
  it('is the furthest place that a living session was given', () => {
    expect(reached(historyOf())).toBe(-1);
    expect(reached(read(read(historyOf(), 7, consumerA), 3, consumerB))).toBe(7);
  });

  it('takes no account of what a session had that ended', () => {
    expect(reached(read(historyOf(), 7, consumerA).close(consumerA))).toBe(-1);
    const both = read(read(historyOf(), 7, consumerA), 3, consumerB);
    expect(reached(both.close(consumerA))).toBe(3);
  });

  it('takes no account of a crashed consumer, nor of what it takes before it is terminated', () => {
    const crashed = read(historyOf(), 7, consumerA).crash(consumerA);
    expect(reached(crashed)).toBe(-1);
    expect(reached(read(crashed, 8, consumerA))).toBe(-1);
    expect(reached(read(crashed, 2, consumerB))).toBe(2);
  });

  it('includes what a transaction consumed once it is committed, though its session has ended', () => {
    const positions = new ReadPositions();
    const offset = (transaction: number, next: number): EventRecord => ({
      ...emptyEvent(),
      kind: EventKind.offsetCommitSettled,
      outcome: OutcomeCode.ok,
      group: 0,
      seq: transaction,
      positionMajor: next,
    });
    const end = (transaction: number, detail: number, outcome: OutcomeCode): EventRecord => ({
      ...emptyEvent(),
      kind: EventKind.transactionEndSettled,
      ref: transaction,
      detail,
      outcome,
    });
    const at = (): number | undefined => positions.reached(0, 0)?.major;
    positions.observe(offset(1, 5));
    expect(at()).toBeUndefined();
    positions.observe(end(1, TransactionEndCode.commit, OutcomeCode.ok));
    expect(at()).toBe(4);
    positions.observe(offset(2, 8));
    positions.observe(end(2, TransactionEndCode.abort, OutcomeCode.ok));
    positions.observe(offset(3, 9));
    positions.observe(end(3, TransactionEndCode.commit, OutcomeCode.unknown));
    expect(at()).toBe(4);
  });

  it('holds deliveries without a place for nothing', () => {
    expect(reached(historyOf().deliver(0, 5))).toBe(-1);
  });
});
