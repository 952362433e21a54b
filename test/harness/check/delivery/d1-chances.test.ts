import { describe, expect, it } from 'vitest';
import { EventKind } from '../../../../harness/core/events.ts';
import { plainGroup } from '../../../../harness/core/facts.ts';
import { consumerA, type HistoryBuilder, historyOf, judge, resultOf } from '../history-of.ts';

const chances = (history: HistoryBuilder) => {
  const result = resultOf(judge(history.drained(0), { groups: [plainGroup] }), 'D1');
  return result.status === 'decided' ? result.exposure : result.status;
};
const sent = (count: number) => historyOf().open(consumerA).sendAll(0, count);
const expired = (seq: number) => ({ kind: EventKind.expired, lane: 0, seq, group: 0 });

describe('the chances that D1 counts', () => {
  it('are the acknowledged messages that nothing excuses', () => {
    expect(chances(sent(3).consume(0, 0).consume(0, 1).consume(0, 2))).toBe(3);
    expect(chances(sent(3).consume(0, 0).consume(0, 1).add(expired(2)))).toBe(2);
  });

  it('are those that arrived, too, whatever became of them afterwards', () => {
    expect(chances(sent(2).consume(0, 0).consume(0, 1).add(expired(1)))).toBe(2);
  });
});
