import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  EventKind,
  type EventRecord,
  Flag,
  OutcomeCode,
  TransactionEndCode,
} from '../../../../harness/core/events.ts';
import { resultAlone, twoGroups } from '../history-of.ts';
import { transacted, TransactionHistory } from './transaction-history.ts';

const lanes = [0, 1, 4];
const unordered = 4;
const messages = 4;

const who = fc.constantFrom(
  { actor: 2, session: 20, group: 0 },
  { actor: 3, session: 30, group: 0 },
  { actor: 4, session: 40, group: 1 },
);
const lane = fc.constantFrom(...lanes);
const seq = fc.nat({ max: messages - 1 });

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('consume' as const),
      who,
      lane,
      seq,
      count: fc.integer({ min: 1, max: 3 }),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('end' as const),
      who,
      end: fc.constantFrom('abort' as const, 'abort' as const, 'abort' as const, 'commit' as const),
      outcome: fc.constantFrom('ok' as const, 'ok' as const, 'ok' as const, 'unknown' as const),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('deliver' as const),
      who,
      lane,
      seq,
      agoNs: fc.constantFrom(undefined, 0, 2_500, 9_000),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('move' as const),
      who,
      kind: fc.constantFrom(
        EventKind.seeked,
        EventKind.assigned,
        EventKind.revoked,
        EventKind.lost,
        EventKind.sessionOpened,
        EventKind.sessionClosed,
        EventKind.crashed,
      ),
    }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** Each consumer has one transaction at a time, in which it may consume anything that was sent. */
function play(steps: readonly Step[]): readonly EventRecord[] {
  const history = new TransactionHistory();
  for (const of of lanes) history.sendAll(of, messages);
  const open = new Map<number, number>();
  let begun = 0;
  for (const one of steps) {
    const { actor, session, group } = one.who;
    const owner = { actor, id: actor };
    const current = open.get(actor) ?? begun + 1;
    if (one.do === 'consume' || one.do === 'end') {
      if (current > begun) history.begin(current, owner);
      begun = Math.max(begun, current);
      open.set(actor, current);
    }
    if (one.do === 'consume') {
      const end = Math.min(messages, one.seq + one.count);
      for (let at = one.seq; at < end; at += 1) history.reads(current, one.lane, at, group, actor);
    } else if (one.do === 'end') {
      history.asks(current, one.end, owner).answers(current, one.end, one.outcome, owner);
      if (one.outcome === 'ok') open.delete(actor);
    } else if (one.do === 'move') history.add({ kind: one.kind, actor, session, group });
    else {
      const requested =
        one.agoNs === undefined ? {} : { requestedNs: Math.max(0, history.nowNs - one.agoNs) };
      history.deliver(one.lane, one.seq, { to: { actor, session }, group, ...requested });
    }
  }
  return history.events;
}

const moves: readonly number[] = [
  EventKind.assigned,
  EventKind.revoked,
  EventKind.lost,
  EventKind.sessionOpened,
  EventKind.sessionClosed,
  EventKind.crashed,
];

/** For each abort: what its consumer got next of a lane that it had consumed, unless anything moved it. */
function naivePositions(events: readonly EventRecord[]): Record<string, number> {
  const classes: Record<string, number> = {};
  const ends = [...events.keys()].filter((at) => {
    const event = events[at];
    return event?.kind === EventKind.transactionEndSettled && event.outcome === OutcomeCode.ok;
  });
  const readsOf = (transaction: number): EventRecord[] =>
    events.filter(({ kind, ref }) => kind === EventKind.transactionRead && ref === transaction);
  for (const at of ends) {
    const end = events[at];
    if (end === undefined || end.detail !== TransactionEndCode.abort) continue;
    const reads = readsOf(end.ref);
    const group = reads[0]?.group;
    const next = ends.find(
      (later) =>
        later > at &&
        events[later]?.actor === end.actor &&
        readsOf(events[later]?.ref ?? 0).length > 0,
    );
    const until = events.findIndex(
      ({ kind, actor, group: moved }, index) =>
        index > at &&
        ((moves.includes(kind) && actor === end.actor) ||
          (kind === EventKind.seeked && moved === group)),
    );
    const got = events
      .slice(at + 1, Math.min(next ?? events.length, until < 0 ? events.length : until))
      .find(
        (event) =>
          event.kind === EventKind.deliver &&
          event.actor === end.actor &&
          event.group === group &&
          event.lane !== unordered &&
          !((event.flags & Flag.pulled) !== 0 && event.auxNs < end.timeNs) &&
          reads.some((read) => read.lane === event.lane),
      );
    if (got === undefined) continue;
    const consumed = reads.filter((read) => read.lane === got.lane).map((read) => read.seq);
    const where = placeAmong(got.seq, Math.min(...consumed), Math.max(...consumed));
    classes[where] = (classes[where] ?? 0) + 1;
  }
  return classes;
}

function placeAmong(seq: number, first: number, last: number): string {
  if (seq < first) return 'rewound further';
  if (seq === first) return 'rewound';
  return seq <= last ? 'rewound in part' : 'unchanged';
}

it('T10 agrees with a naive oracle on every small history of aborts', () => {
  const seen: Record<string, number> = {};
  let unobserved = 0;
  const steps = fc.array(step, { minLength: 5, maxLength: 30, size: 'max' });
  fc.assert(
    fc.property(steps, (of) => {
      const events = play(of);
      const classes = naivePositions(events);
      const observed = Object.values(classes).reduce((sum, count) => sum + count, 0);
      for (const where of Object.keys(classes)) seen[where] = (seen[where] ?? 0) + 1;
      if (observed === 0) unobserved += 1;
      const result = resultAlone('T10', events, { ...transacted, ...twoGroups });
      expect(result).toMatchObject({ count: 0, possible: 0, exposure: observed });
      expect(result.status === 'decided' && result.classes).toEqual(classes);
    }),
    { numRuns: 2_000, seed: 20_261_130 },
  );
  expect(Object.keys(seen)).toHaveLength(4);
  expect(Math.min(unobserved, ...Object.values(seen))).toBeGreaterThan(40);
});
