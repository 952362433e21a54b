import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { EventKind, type EventRecord, OutcomeCode } from '../../../../harness/core/events.ts';
import { consumerA, type HistoryBuilder, historyOf, judge, only, resultOf } from '../history-of.ts';
import { naiveEffects, type Step } from './naive-effects.ts';

const facts = { sinks: [{ name: 'db' }], offsets: true, placed: true };

const step: fc.Arbitrary<Step> = fc.record({
  what: fc.constantFrom(
    ...([
      'deliver',
      'deliver',
      'process',
      'settle',
      'commit',
      'effect',
      'effect',
      'effect',
    ] as const),
    ...(['read', 'read', 'complete'] as const),
  ),
  seq: fc.nat({ max: 4 }),
  outcome: fc.constantFrom('ok', 'ok', 'fail', 'unknown'),
});

function addStep(history: HistoryBuilder, { what, seq, outcome: told }: Step): void {
  const outcome = OutcomeCode[told];
  const by: Partial<EventRecord> = { ...consumerA, group: 0 };
  const effect = { kind: EventKind.effectApplied, ...by, lane: 0, seq, outcome };
  const commit = { kind: EventKind.offsetCommitSettled, ...by, positionMajor: seq, outcome };
  if (what === 'deliver' && seq < 3) history.deliver(0, seq, { at: [0, seq] });
  else if (what === 'process') history.processed(0, seq);
  else if (what === 'settle' && seq < 3) history.settle(0, seq);
  else if (what === 'commit') history.add(commit);
  else if (what === 'effect') history.add(effect);
  else if (what === 'read') history.add({ kind: EventKind.sinkRead, lane: 0, seq, ref: 1 });
  else if (what === 'complete') history.add({ kind: EventKind.sinkComplete });
}

it('the checks of effects agree with their definitions on every small history', () => {
  const seen = { E1: 0, E2: 0, E3: 0, undecided: 0 };
  fc.assert(
    fc.property(fc.array(step, { maxLength: 16 }), (steps) => {
      const history = historyOf().sendAll(0, 3);
      for (const one of steps) addStep(history, one);
      const judgement = judge(history.drained(), facts, only('E1', 'E2', 'E3'));
      const expected = naiveEffects(steps);
      for (const id of ['E1', 'E2', 'E3'] as const) {
        const result = resultOf(judgement, id);
        const got = result.status === 'decided' ? result.count : result.status;
        expect([id, got]).toEqual([id, expected[id]]);
        if (expected[id] === 'undecided') seen.undecided += 1;
        else if (expected[id] > 0) seen[id] += 1;
      }
    }),
    { numRuns: 3_000, seed: 20_261_125 },
  );
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(30);
});
