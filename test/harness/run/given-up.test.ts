import { describe, expect, it } from 'vitest';
import {
  emptyEvent,
  EventKind,
  type EventRecord,
  OutcomeCode,
  SettlementCode,
} from '../../../harness/core/events.ts';
import { GivenUp } from '../../../harness/run/given-up.ts';

function deliver(seq: number, attempt: number, more: Partial<EventRecord> = {}): EventRecord {
  const kind = EventKind.deliver;
  return {
    ...emptyEvent(),
    kind,
    group: 0,
    lane: 1,
    seq,
    attempt,
    positionMajor: 70 + seq,
    ...more,
  };
}

function settled(seq: number, detail: SettlementDetail): EventRecord {
  const kind = EventKind.settleSettled;
  return { ...emptyEvent(), kind, group: 0, lane: 1, seq, detail, outcome: OutcomeCode.ok };
}
type SettlementDetail = (typeof SettlementCode)[keyof typeof SettlementCode];

describe('what a subscription gave up', () => {
  it('is what was delivered as often as it may and not acknowledged', () => {
    const givenUp = new GivenUp(2);
    const events = [
      deliver(0, 1),
      deliver(1, 2),
      settled(1, SettlementCode.requeue),
      deliver(2, 2),
      settled(2, SettlementCode.acknowledge),
      deliver(3, 2, { group: 1 }),
    ];
    for (const event of events) givenUp.observe(event);
    expect(givenUp.messages).toEqual([
      { lane: 1, seq: 1, place: { scope: 0, position: { major: 71, minor: 0 } } },
    ]);
  });

  it('is awaited after it was moved back until it is delivered again', () => {
    const givenUp = new GivenUp(2);
    for (const seq of [1, 2]) givenUp.observe(deliver(seq, 2));
    expect(givenUp.beginAnew().map(({ seq }) => seq)).toEqual([1, 2]);
    expect([givenUp.messages, givenUp.notDeliveredAgain]).toEqual([[], 2]);
    givenUp.observe(deliver(1, 1));
    givenUp.observe(deliver(2, 1));
    givenUp.observe(deliver(2, 2));
    expect(givenUp.notDeliveredAgain).toBe(0);
    expect(givenUp.messages.map(({ seq }) => seq)).toEqual([2]);
  });

  it('is nothing where there is no limit', () => {
    const givenUp = new GivenUp(0);
    givenUp.observe(deliver(1, 9));
    expect(givenUp.messages).toEqual([]);
  });
});
