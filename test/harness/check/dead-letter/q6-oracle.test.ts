import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventKind, type EventRecord } from '../../../../harness/core/events.ts';
import { defaultBounds, type GroupFacts } from '../../../../harness/core/facts.ts';
import { historyOf, type HistoryBuilder, resultAlone } from '../history-of.ts';
import { idOf } from '../naive-history.ts';

const boundNs = 1e6;
const limited: GroupFacts = {
  role: 'subscription',
  reset: 'unknown',
  attempts: 9,
  deadLetter: -1,
  requeueTo: 'any',
  filtered: false,
};
const facts = { groups: [limited], bounds: { ...defaultBounds, poisonMs: 1, recoveryMs: 0 } };
const last = 3;

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('again' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('deliver' as const), seq: fc.nat(2) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('ack' as const) }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('wait' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('fault' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('heal' as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** Seq 3 is confirmed, and waits to the end unless `isRead`; the others come again and again. */
function play(steps: readonly Step[], isRead: boolean): HistoryBuilder {
  const history = historyOf().sendAll(0, last + 1);
  let head = 0;
  for (const one of steps) {
    if (one.do === 'wait') history.wait(600_000);
    else if (one.do === 'fault') history.add({ kind: EventKind.faultStarted, ref: 0 });
    else if (one.do === 'heal') history.add({ kind: EventKind.faultStopped, ref: 0 });
    else if (one.do === 'ack') history.settle(0, head);
    else {
      if (one.do === 'deliver') head = one.seq;
      history.deliver(0, head).settle(0, head, 'requeue');
    }
  }
  if (isRead) history.deliver(0, last);
  return history.drained();
}

const isDelivery = ({ kind }: EventRecord): boolean => kind === EventKind.deliver;
const isFault = ({ kind }: EventRecord): boolean =>
  kind === EventKind.faultStarted || kind === EventKind.faultStopped;
const isAcknowledged = (events: readonly EventRecord[], id: string): boolean =>
  events.some(
    (one) => one.kind === EventKind.settleSettled && one.detail === 1 && idOf(one) === id,
  );

/**
 * Runs of deliveries of one unacknowledged message and nothing else that took longer than the bound, none
 * of them begun while a fault was active. The waiting message is confirmed before any and read after all.
 */
function naivePoison(events: readonly EventRecord[]): number {
  const deliveries = events.flatMap((event, at) => (isDelivery(event) ? [{ event, at }] : []));
  const told = new Set<number>();
  for (const [index, { event, at }] of deliveries.entries()) {
    if (idOf(event) === `0:${last}`) continue;
    const before = deliveries.slice(0, index);
    const begins = before.findLastIndex(
      (other) =>
        idOf(other.event) !== idOf(event) || isAcknowledged(events.slice(0, other.at), idOf(event)),
    );
    if (isAcknowledged(events.slice(0, at), idOf(event))) continue;
    const run = before.slice(begins + 1);
    const calm = run.filter((one) => !isActive(events, one.at));
    if (isActive(events, at)) continue;
    const lastFaulted = run.findLastIndex((one) => isActive(events, one.at));
    const from = calm.find((one) => run.indexOf(one) > lastFaulted);
    if (from === undefined) continue;
    const disturbedNs = events.slice(0, at).findLast(isFault)?.timeNs ?? 0;
    const sinceNs = Math.max(from.event.timeNs, disturbedNs);
    const key = run[0]?.at ?? at;
    if (event.timeNs - sinceNs > boundNs) told.add(key);
  }
  return told.size;
}

function isActive(events: readonly EventRecord[], at: number): boolean {
  let active = 0;
  for (const { kind } of events.slice(0, at)) {
    if (kind === EventKind.faultStarted) active += 1;
    if (kind === EventKind.faultStopped) active = Math.max(0, active - 1);
  }
  return active > 0;
}

describe('Q6', () => {
  it('agrees with the naive oracle while a confirmed message waits', () => {
    let seen = 0;
    const histories = fc.tuple(
      fc.array(step, { minLength: 4, maxLength: 30, size: 'max' }),
      fc.boolean(),
    );
    fc.assert(
      fc.property(histories, ([steps, isRead]) => {
        const history = play(steps, isRead);
        const expected = naivePoison(history.events);
        if (expected > 0) seen += 1;
        expect(resultAlone('Q6', history, facts)).toMatchObject({ count: expected });
      }),
      { numRuns: 2_000, seed: 20_261_127 },
    );
    expect(seen).toBeGreaterThan(200);
  });
});
