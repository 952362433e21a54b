import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventKind, type EventRecord } from '../../../../harness/core/events.ts';
import { resultOf } from '../history-of.ts';
import { idOf } from '../naive-history.ts';
import { judgeRouted, routed, RoutedHistory } from './routed-history.ts';

/** Lanes 0 to 2 are routed, lane 3 is not; two messages each, the second of lane 0 is sent twice. */
const lanes = 4;
const perLane = 2;

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      lane: fc.nat({ max: lanes - 1 }),
      seq: fc.nat({ max: perLane - 1 }),
      group: fc.nat({ max: 2 }),
      at: fc.nat({ max: 2 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      changed: fc.constantFrom('attributes' as const, 'body' as const),
      lane: fc.nat({ max: lanes - 1 }),
    }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function play(steps: readonly Step[]): RoutedHistory {
  const history = new RoutedHistory();
  for (let lane = 0; lane < lanes; lane += 1) history.sendAll(lane, perLane);
  history.invoke(0, 1, 2).settled(0, 1, 'ok');
  for (const one of steps) {
    if ('changed' in one) history.corrupt(one.lane, 0, one.changed);
    else history.deliver(one.lane, one.seq, { group: one.group, at: [0, one.at] });
  }
  return history.drainedAll();
}

/** Messages that were sent once and routed, for each group in which they stand at more than one place. */
function storedTwice(events: readonly EventRecord[]): number {
  const delivered = events.filter(({ kind }) => kind === EventKind.deliver);
  return [0, 1, 2].flatMap((group) => {
    const of = delivered.filter((event) => event.group === group && event.lane < 3);
    return [...new Set(of.map(idOf))].filter((id) => {
      const sends = events.filter(
        (event) => event.kind === EventKind.sendInvoke && idOf(event) === id,
      );
      const places = new Set(
        of.filter((event) => idOf(event) === id).map(({ positionMajor }) => positionMajor),
      );
      return sends.length === 1 && places.size > 1;
    });
  }).length;
}

describe('R3 and R7', () => {
  it('agree with the naive oracle on every small history of placed copies', () => {
    const seen = { R3: 0, R7: 0 };
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 16, size: 'max' }), (steps) => {
        const history = play(steps);
        const judgement = judgeRouted(history, { ...routed, placed: true, attributes: true });
        const changed = steps.filter((one) => 'changed' in one && one.changed === 'attributes');
        const expected = { R3: storedTwice(history.events), R7: changed.length };
        for (const id of ['R3', 'R7'] as const) {
          if (expected[id] > 0) seen[id] += 1;
          expect(resultOf(judgement, id), id).toMatchObject({ count: expected[id], possible: 0 });
        }
      }),
      { numRuns: 1_000, seed: 20_261_127 },
    );
    expect(seen.R3).toBeGreaterThan(100);
    expect(seen.R7).toBeGreaterThan(100);
  });
});
