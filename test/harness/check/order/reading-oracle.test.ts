import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventKind } from '../../../../harness/core/events.ts';
import { type CellFacts, plainFacts, plainGroup } from '../../../../harness/core/facts.ts';
import { HistoryBuilder, type Holder, judge, resultOf } from '../history-of.ts';
import { NaiveReading } from './naive-reading.ts';

/** Two members of one group and a reader of another. */
const members = [
  { actor: 2, session: 20, group: 0 },
  { actor: 3, session: 30, group: 0 },
  { actor: 4, session: 40, group: 1 },
] as const;

const perLane = 3;
const member = fc.constantFrom(...members);
const lane = fc.constantFrom(0, 4);
const seq = fc.nat({ max: perLane - 1 });
/** Mostly the only place that the message has. */
const place = fc.oneof(
  { weight: 12, arbitrary: fc.constant(undefined) },
  { weight: 1, arbitrary: fc.tuple(fc.nat({ max: 1 }), fc.nat({ max: 5 })) },
);
const placed = (of: number, at: number): readonly [number, number] => [
  0,
  at * 2 + (of === 0 ? 0 : 1),
];

const step = fc.oneof(
  {
    weight: 14,
    arbitrary: fc.record({
      do: fc.constant('deliver' as const),
      member,
      lane,
      seq,
      place,
      agoNs: fc.constantFrom(undefined, undefined, 0, 1_500, 4_000),
      redelivered: fc.constantFrom(undefined, undefined, false, true),
      leaseMs: fc.constantFrom(0, 0, 0, 1),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('settle' as const),
      member,
      lane,
      seq,
      how: fc.constantFrom('acknowledge' as const, 'acknowledge' as const, 'requeue' as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom(
        'assigned' as const,
        'assigned' as const,
        'revoked' as const,
        'lost' as const,
        'seeked' as const,
        'crashed' as const,
        'sessionClosed' as const,
        'sessionOpened' as const,
      ),
      member,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constantFrom('purged' as const, 'expired' as const, 'wait' as const, 'wait' as const),
      group: fc.constantFrom(0, 1, 0xffff),
      seq,
    }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function play(one: Step, history: HistoryBuilder): void {
  switch (one.do) {
    case 'deliver': {
      const to: Holder = { actor: one.member.actor, session: one.member.session };
      history.deliver(one.lane, one.seq, {
        to,
        group: one.member.group,
        at: one.place ?? placed(one.lane, one.seq),
        leaseMs: one.leaseMs,
        ...(one.agoNs === undefined ? {} : { requestedNs: history.nowNs - one.agoNs }),
        ...(one.redelivered === undefined ? {} : { redelivered: one.redelivered }),
      });
      return;
    }
    case 'settle': {
      const { group, ...to } = one.member;
      history.settle(one.lane, one.seq, one.how, 'ok', { to, group });
      return;
    }
    case 'wait':
      history.wait(600_000);
      return;
    case 'purged':
    case 'expired':
      history.add({ kind: EventKind[one.do], group: one.group, lane: 0, seq: one.seq });
      return;
    default:
      history.add({ kind: EventKind[one.do], ...one.member });
  }
}

const facts: fc.Arbitrary<CellFacts> = fc
  .record({
    consumption: fc.constantFrom('automatic' as const, 'settle-after-processing' as const),
    ackReply: fc.constantFrom('each' as const, 'none' as const),
    leased: fc.boolean(),
  })
  .map((of) => ({ ...plainFacts, ...of, placed: true, groups: [plainGroup, plainGroup] }));

const histories = fc
  .tuple(
    fc.array(fc.constantFrom('ok' as const, 'ok' as const, 'unknown' as const), {
      minLength: 2 * perLane,
      maxLength: 2 * perLane,
    }),
    fc.array(step, { minLength: 4, maxLength: 24, size: 'max' }),
    fc.subarray([0, 1]),
  )
  .map(([outcomes, steps, drained]) => {
    const history = new HistoryBuilder();
    for (const { group, ...to } of members) history.open(to, group);
    for (let at = 0; at < perLane; at += 1) {
      for (const [index, of] of [0, 4].entries()) {
        const outcome = outcomes[at * 2 + index] ?? 'ok';
        history.send(of, at, outcome, outcome === 'ok' ? placed(of, at) : undefined);
      }
    }
    for (const one of steps) play(one, history);
    for (const group of drained) history.drained(group);
    return history;
  });

describe('O3 and O4', () => {
  it('agree with the naive oracle on every small history', () => {
    const seen = new Map<string, number>();
    fc.assert(
      fc.property(histories, facts, (history, of) => {
        const judgement = judge(history, of);
        const naive = new NaiveReading(history.events, of);
        const expected = { O3: naive.rewinds(), O4: naive.skips() };
        const actual = Object.fromEntries(
          (['O3', 'O4'] as const).map((id) => {
            const result = resultOf(judgement, id);
            if (result.status !== 'decided') return [id, 'undecided'];
            const { count, possible } = result;
            if (count > 0) seen.set(id, (seen.get(id) ?? 0) + 1);
            return [id, { count, possible }];
          }),
        );
        expect(actual).toEqual(expected);
      }),
      { numRuns: 1_200, seed: 20_261_123 },
    );
    for (const id of ['O3', 'O4']) expect([id, (seen.get(id) ?? 0) >= 10]).toEqual([id, true]);
  });
});
