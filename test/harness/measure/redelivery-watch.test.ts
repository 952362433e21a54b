import { beforeAll, describe, expect, it } from 'vitest';
import {
  emptyEvent,
  EventKind,
  type EventRecord,
  SettlementCode,
} from '../../../harness/core/events.ts';
import { prepareRecorders } from '../../../harness/measure/latency-recorder.ts';
import { RedeliveryWatch } from '../../../harness/measure/redelivery-watch.ts';

beforeAll(prepareRecorders);

const ms = 1e6;

/** A message of lane 3 in the hands of one consumer's session, `at` milliseconds into the run. */
function event(kind: EventKind, at: number, rest: Partial<EventRecord> = {}): EventRecord {
  return { ...emptyEvent(), kind, timeNs: at * ms, lane: 3, group: 0, actor: 1, ...rest };
}

const deliver = (seq: number, at: number, rest: Partial<EventRecord> = {}): EventRecord =>
  event(EventKind.deliver, at, { seq, session: 7, attempt: 1, ...rest });

function watched(events: readonly EventRecord[]) {
  const watch = new RedeliveryWatch();
  for (const one of events) watch.observe(one);
  return watch.finish();
}

/** The longest, in milliseconds; a recorder keeps it exactly. */
const longestMs = (events: readonly EventRecord[]) =>
  (watched(events)?.latency.maxNs ?? Number.NaN) / ms;

describe('the redelivery latency', () => {
  it('is nothing where nothing came again, however many groups were given the message', () => {
    expect(watched([deliver(1, 10), deliver(1, 20, { group: 1 }), deliver(2, 30)])).toBeUndefined();
  });

  it('counts from the delivery before where nobody gave the copy up, as when a lease runs out', () => {
    expect(longestMs([deliver(1, 10), deliver(1, 510, { session: 8 })])).toBe(500);
  });

  it('counts from the requeueing', () => {
    const requeue = event(EventKind.settleInvoke, 40, { seq: 1, detail: SettlementCode.requeue });
    expect(longestMs([deliver(1, 10), requeue, deliver(1, 45)])).toBe(5);
    const acknowledge = { ...requeue, detail: SettlementCode.acknowledge };
    expect(longestMs([deliver(1, 10), acknowledge, deliver(1, 45)])).toBe(35);
  });

  it('counts from the end of the session that held the copy, not of another', () => {
    const closed = (session: number) => event(EventKind.sessionClosed, 100, { session });
    expect(longestMs([deliver(1, 10), closed(7), deliver(1, 130, { session: 8 })])).toBe(30);
    expect(longestMs([deliver(1, 10), closed(9), deliver(1, 130, { session: 8 })])).toBe(120);
  });

  it('counts from the crash of the consumer, whose session nobody closes', () => {
    const events = [
      event(EventKind.sessionOpened, 1, { session: 7 }),
      deliver(1, 10),
      event(EventKind.crashed, 60),
      deliver(1, 260, { actor: 2, session: 8 }),
    ];
    expect(longestMs(events)).toBe(200);
  });

  it('counts from the way back out of the dead letters', () => {
    const back = event(EventKind.redriven, 900, { seq: 1 });
    expect(longestMs([deliver(1, 10), back, deliver(1, 930)])).toBe(30);
  });

  it('stands in the second in which the copy came again, each copy by the one before it', () => {
    const figures = watched([deliver(1, 10), deliver(1, 1_500), deliver(1, 1_600)]);
    expect(figures?.latency.count).toBe(2);
    expect(figures?.latency.maxNs).toBe(1_490 * ms);
    expect(figures?.series.seconds.map(({ second }) => second)).toEqual([1]);
  });

  it('counts from the end of a session where the copy before was on its way to it, and nobody saw it', () => {
    const again = deliver(1, 130, { session: 8, attempt: 2 });
    expect(longestMs([event(EventKind.sessionClosed, 100, { session: 7 }), again])).toBe(30);
    const elsewhere = event(EventKind.sessionClosed, 100, { session: 7, group: 1 });
    expect(watched([elsewhere, again])).toMatchObject({ untimed: 1, latency: { count: 0 } });
  });

  it('is not made up for a copy of which nobody remembers the one before', () => {
    const many = Array.from({ length: 2 ** 18 }, (_, n) => deliver(n + 2, 20));
    const figures = watched([deliver(1, 10), ...many, deliver(1, 5_000, { attempt: 2 })]);
    expect(figures).toMatchObject({ untimed: 1, latency: { count: 0 } });
  });
});
