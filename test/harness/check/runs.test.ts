import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createJudge, type Judgement } from '../../../harness/check/judge.ts';
import { eachOfRun } from '../../../harness/core/event-run.ts';
import { emptyEvent, EventKind, Flag } from '../../../harness/core/events.ts';
import {
  type CellFacts,
  defaultBounds,
  plainFacts,
  plainGroup,
} from '../../../harness/core/facts.ts';
import { expectAlike } from './judged-alike.ts';
import { type Run, someRuns } from './random-runs.ts';

const bounds = { ...defaultBounds, stallMs: 25, recoveryMs: 25, stalenessMs: 25 };
const group = { ...plainGroup, reset: 'earliest' } as const;

const facts: fc.Arbitrary<CellFacts> = fc
  .record({
    consumption: fc.constantFrom<CellFacts['consumption']>(
      'settle-after-processing',
      'settle-before-processing',
      'automatic',
    ),
    ackReply: fc.constantFrom<CellFacts['ackReply']>('each', 'each', 'none'),
    placed: fc.constantFrom(true, true, false),
    assignments: fc.boolean(),
    offsets: fc.boolean(),
  })
  .map((some) => ({ ...plainFacts, bounds, groups: [group, group], ...some }));

const history = facts.chain((of) => fc.tuple(fc.constant(of), someRuns(of.placed)));

function judged(of: CellFacts, runs: readonly Run[], isOneByOne: boolean): Judgement {
  const judge = createJudge(of);
  judge.addLanes({ first: 0, count: 2, ordered: true, actor: 9, route: -1 });
  for (const { event, count } of runs) {
    if (isOneByOne) eachOfRun(event, count, (each) => judge.fold(each));
    else judge.fold(event, count);
  }
  for (const drained of [0, 1]) {
    const end = { kind: EventKind.drainComplete, group: drained, timeNs: 1e10 };
    judge.fold(Object.assign(emptyEvent(), end));
  }
  return judge.finish();
}

describe('a run of events', () => {
  const settled = { ...emptyEvent(), kind: EventKind.sendSettled, seq: 5, ticket: 70 };

  it('is shown event by event, and is afterwards what it was', () => {
    const event = { ...settled, positionMajor: 9, flags: Flag.placed };
    const before = { ...event };
    const shown: unknown[] = [];
    eachOfRun(event, 3, ({ seq, ticket, positionMajor }) => {
      shown.push([seq, ticket, positionMajor]);
    });
    expect(shown).toEqual([
      [5, 70, 9],
      [6, 71, 10],
      [7, 72, 11],
    ]);
    expect(event).toEqual(before);
  });

  it('has one ticket where it is settled at once, and one position where it has no place', () => {
    const event = { ...settled, kind: EventKind.settleInvoke, positionMajor: 9 };
    const shown: unknown[] = [];
    eachOfRun(event, 2, ({ seq, ticket, positionMajor }) => {
      shown.push([seq, ticket, positionMajor]);
    });
    expect(shown).toEqual([
      [5, 70, 9],
      [6, 70, 9],
    ]);
  });

  it('is judged as its events are one after the other', () => {
    fc.assert(
      fc.property(history, ([of, runs]) => {
        expectAlike(judged(of, runs, false), judged(of, runs, true));
      }),
      { numRuns: 600 },
    );
  });
});
