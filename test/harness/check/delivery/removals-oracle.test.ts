import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventKind } from '../../../../harness/core/events.ts';
import { type CellFacts, plainFacts, plainGroup } from '../../../../harness/core/facts.ts';
import { consumerA, consumerB, HistoryBuilder, judge, resultOf } from '../history-of.ts';
import { NaiveRemovals } from './naive-removals.ts';

const groups = [
  { ...plainGroup, deadLetter: 1 },
  { role: 'dead-letter', of: 0 } as const,
  { role: 'replica', node: 'north' } as const,
  { role: 'replica', node: 'south' } as const,
  { role: 'read-back' } as const,
];
const facts: CellFacts = { ...plainFacts, placed: true, groups };

const lane = 0;
const seq = fc.nat({ max: 2 });
const reader = (group: number) => ({ actor: 10 + group, session: 100 + group });

const deliver = fc.record({
  do: fc.constant('deliver' as const),
  seq,
  group: fc.constantFrom(0, 0, 0, 0, 0, 1, 2, 2, 3, 3, 4, 4),
  second: fc.boolean(),
  placed: fc.constantFrom(true, true, false),
  agoNs: fc.constantFrom(undefined, 0, 500, 3_000),
  redelivered: fc.constantFrom(undefined, false, true),
});
const step = fc.oneof(
  { weight: 14, arbitrary: deliver },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('settle' as const),
      seq,
      how: fc.constantFrom('acknowledge', 'acknowledge', 'requeue'),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('expired' as const, 'deadLettered' as const),
      seq,
      group: fc.constantFrom(0, 0, 1, 2, 0xffff),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('redriven' as const),
      seq,
      group: fc.constantFrom(0, 1, 2),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom('purged' as const, 'drainComplete' as const, 'sessionOpened' as const),
      group: fc.constantFrom(0, 0, 2, 3, 4),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('resend' as const), seq }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function play(one: Step, history: HistoryBuilder): void {
  const to = (group: number) => (group === 0 ? consumerA : reader(group));
  switch (one.do) {
    case 'deliver':
      history.deliver(lane, one.seq, {
        to: one.second && one.group === 0 ? consumerB : to(one.group),
        group: one.group,
        ...(one.placed ? { at: [0, one.seq] as const } : {}),
        ...(one.agoNs === undefined ? {} : { requestedNs: history.nowNs - one.agoNs }),
        ...(one.redelivered === undefined ? {} : { redelivered: one.redelivered }),
      });
      return;
    case 'settle':
      history.settle(lane, one.seq, one.how);
      return;
    case 'resend':
      history.invoke(lane, one.seq, 2);
      return;
    case 'sessionOpened':
      history.open(one.group === 0 ? consumerB : reader(one.group), one.group);
      return;
    case 'purged':
    case 'drainComplete':
      history.add({ kind: EventKind[one.do], group: one.group });
      return;
    default:
      history.add({ kind: EventKind[one.do], group: one.group, lane, seq: one.seq });
  }
}

const histories = fc
  .tuple(
    fc.array(fc.constantFrom('ok' as const, 'ok' as const, 'unknown' as const), {
      minLength: 3,
      maxLength: 3,
    }),
    fc.array(step, { minLength: 4, maxLength: 26, size: 'max' }),
    fc.subarray([2, 3, 4]),
  )
  .map(([outcomes, steps, drained]) => {
    const history = new HistoryBuilder().open(consumerA);
    for (const [at, outcome] of outcomes.entries()) history.send(lane, at, outcome);
    for (const one of steps) play(one, history);
    for (const group of drained) history.drained(group);
    return history;
  });

describe('D2, D3 and D11', () => {
  it('agree with the naive oracle on every small history', () => {
    const seen = new Map<string, number>();
    fc.assert(
      fc.property(histories, (history) => {
        const judgement = judge(history, facts);
        const naive = new NaiveRemovals(history.events, facts);
        const expected = {
          D2: naive.divergent(),
          D3: naive.vanished(),
          D11: naive.resurrected(),
        };
        const actual = Object.fromEntries(
          (['D2', 'D3', 'D11'] as const).map((id) => {
            const result = resultOf(judgement, id);
            if (result.status !== 'decided') return [id, 'undecided'];
            const { count, possible } = result;
            if (count > 0) seen.set(id, (seen.get(id) ?? 0) + 1);
            return [id, { count, possible }];
          }),
        );
        expect(actual).toEqual(expected);
      }),
      { numRuns: 1_000, seed: 20_261_123 },
    );
    for (const id of ['D2', 'D3', 'D11'])
      expect([id, (seen.get(id) ?? 0) >= 10]).toEqual([id, true]);
  });
});
