import { describe, expect, it } from 'vitest';
import { DeadLetterCause, EventKind } from '../../../../harness/core/events.ts';
import { plainGroup } from '../../../../harness/core/facts.ts';
import {
  consumerA,
  consumerB,
  findings,
  type HistoryBuilder,
  historyOf,
  judge,
} from '../history-of.ts';

const facts = { groups: [plainGroup, { role: 'dead-letter', of: 0 } as const] };

/** Of lane 0 two messages that are moved in their order, or in the given one. */
function moved(order: readonly number[] = [0, 1], lane = 0): HistoryBuilder {
  const history = historyOf().open(consumerA).sendAll(lane, 2);
  for (const seq of order) {
    const detail = DeadLetterCause.expired;
    history.add({ kind: EventKind.deadLettered, group: 0, lane, seq, detail });
  }
  return history;
}

const read = (history: HistoryBuilder, seqs: readonly number[], lane = 0) => {
  for (const seq of seqs) history.consume(lane, seq, { group: 1 });
  return findings(judge(history.drained(0).drained(1), facts)).Q5;
};

describe('Q5 dead letters out of order', () => {
  it('finds one that came after one that was moved later', () => {
    expect(read(moved(), [1, 0])).toBe('1');
    expect(read(moved([1, 0]), [0, 1])).toBe('1');
  });

  it('finds nothing in the order of the moves, in unordered lanes and where nothing tells of moves', () => {
    expect(read(moved(), [0, 1])).toBeUndefined();
    expect(read(moved([1, 0]), [1, 0])).toBeUndefined();
    expect(read(moved([0, 1], 4), [1, 0], 4)).toBeUndefined();
    expect(read(moved([]), [1, 0])).toBeUndefined();
  });

  it('takes a copy that is called a redelivery for a rewind', () => {
    const history = moved().consume(0, 1, { group: 1 });
    history.consume(0, 0, { group: 1, redelivered: true });
    expect(read(history, [])).toBeUndefined();
  });

  it('calls it possible between sessions, and where a message was moved back', () => {
    const two = moved().consume(0, 1, { group: 1, to: consumerB });
    expect(read(two, [0])).toBe('0+1');
    const back = moved().add({ kind: EventKind.redriven, group: 0, lane: 0, seq: 1 });
    expect(read(back, [1, 0])).toBe('0+1');
  });
});

describe('O2 reordered within a lane', () => {
  it('has nothing to say of dead letters, which come in the order in which they were given up', () => {
    const history = moved([1, 0]).consume(0, 1, { group: 1 }).consume(0, 0, { group: 1 });
    expect(findings(judge(history.drained(0).drained(1), facts))).toEqual({});
  });
});
