import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventKind, PhaseCode, ToleranceCode } from '../../../../harness/core/events.ts';
import { defaultBounds } from '../../../../harness/core/facts.ts';
import { plainGroup } from '../../../../harness/core/facts.ts';
import { historyOf, type HistoryBuilder, judge, resultOf } from '../history-of.ts';
import { NaiveLiveness } from './naive-liveness.ts';

const boundMs = 1;
const facts = {
  groups: [plainGroup, plainGroup],
  bounds: { ...defaultBounds, stallMs: boundMs, recoveryMs: boundMs },
};
const actors = [
  { actor: 2, session: 20, group: 0 },
  { actor: 3, session: 30, group: 0 },
  { actor: 4, session: 40, group: 1 },
] as const;

const who = fc.constantFrom(...actors);
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('invoke' as const) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('settle' as const),
      outcome: fc.constantFrom('ok' as const, 'ok' as const, 'unknown' as const, 'fail' as const),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('consume' as const), who, seq: fc.nat({ max: 4 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('deliver' as const), who, seq: fc.nat({ max: 4 }) }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('wait' as const) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('open' as const), who }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('close' as const), who }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('crash' as const), who }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('fault' as const),
      ref: fc.nat({ max: 1 }),
      tolerance: fc.constantFrom('tolerated' as const, 'beyond' as const, 'unknown' as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('heal' as const), ref: fc.nat({ max: 1 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('phase' as const),
      name: fc.constantFrom('drain' as const, 'end' as const),
    }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

interface Played {
  readonly history: HistoryBuilder;
  readonly open: number[];
  next: number;
}

function play(one: Step, played: Played): void {
  const { history, open } = played;
  switch (one.do) {
    case 'invoke':
      history.invoke(0, played.next);
      open.push(played.next);
      played.next += 1;
      return;
    case 'settle': {
      const seq = open.shift();
      if (seq !== undefined) history.settled(0, seq, one.outcome);
      return;
    }
    case 'consume':
    case 'deliver':
      if (one.seq < played.next) {
        const { group, ...to } = one.who;
        history[one.do](0, one.seq, { to, group });
      }
      return;
    case 'wait':
      history.wait(700_000);
      return;
    case 'open':
      history.open(one.who, one.who.group);
      return;
    case 'close':
      history.close(one.who, one.who.group);
      return;
    case 'crash':
      history.crash(one.who);
      return;
    case 'fault':
      history.add({
        kind: EventKind.faultStarted,
        ref: one.ref,
        detail: ToleranceCode[one.tolerance],
      });
      return;
    case 'heal':
      history.add({ kind: EventKind.faultStopped, ref: one.ref });
      return;
    case 'phase':
      history.add({ kind: EventKind.phase, detail: PhaseCode[one.name] });
  }
}

const histories = fc
  .tuple(fc.array(step, { minLength: 5, maxLength: 40, size: 'max' }), fc.subarray([0, 1]))
  .map(([steps, drained]): HistoryBuilder => {
    const played: Played = { history: historyOf(), open: [], next: 0 };
    for (const one of steps) play(one, played);
    for (const group of drained) played.history.drained(group);
    return played.history;
  });

describe('the checks of liveness', () => {
  it('agree with the naive oracle on every small history', () => {
    const seen = { L1: 0, L2: 0, L3: 0, L4: 0 };
    fc.assert(
      fc.property(histories, (history) => {
        const naive = new NaiveLiveness(history.events, boundMs);
        const judgement = judge(history, facts);
        const counted = (check: keyof typeof seen): { count: number; possible: number } => {
          const result = resultOf(judgement, check);
          if (result.status !== 'decided') throw new Error(`${check} is ${result.status}`);
          if (result.count > 0) seen[check] += 1;
          return { count: result.count, possible: result.possible };
        };
        expect(counted('L1').count, 'L1').toBe(naive.stalls(naive.ofSends()));
        const stuck = { count: 0, possible: 0 };
        for (const group of [0, 1]) {
          const key = naive.holdsUnsettled(group) ? 'possible' : 'count';
          stuck[key] += naive.stalls(naive.ofGroup(group));
        }
        expect(counted('L2'), 'L2').toEqual(stuck);
        expect(counted('L3').count, 'L3').toBe(naive.slowRecoveries());
        expect(counted('L4'), 'L4').toEqual(naive.undrained([0, 1]));
      }),
      { numRuns: 3_000, seed: 20_261_127 },
    );
    for (const times of Object.values(seen)) expect(times).toBeGreaterThan(100);
  });
});
