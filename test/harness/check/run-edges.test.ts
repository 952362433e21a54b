import { describe, expect, it } from 'vitest';
import { createJudge, type Judgement } from '../../../harness/check/judge.ts';
import type { CheckId } from '../../../harness/core/anomalies.ts';
import { eachOfRun } from '../../../harness/core/event-run.ts';
import {
  emptyEvent,
  EventKind,
  type EventRecord,
  Flag,
  OutcomeCode,
} from '../../../harness/core/events.ts';
import type { CellFacts } from '../../../harness/core/facts.ts';
import { logFacts, readsFromStart } from './groups/group-history.ts';
import { consumerA, consumerB, resultOf } from './history-of.ts';

const ms = 1_000_000;

type Part = Partial<EventRecord> & { readonly count?: number };

/** Seq n of lane 0 stands at position n of scope 0. */
const sent = (count: number): readonly Part[] => [
  { kind: EventKind.sendInvoke, actor: 1, attempt: 1, count },
  { kind: EventKind.sendSettled, actor: 1, outcome: OutcomeCode.ok, flags: Flag.placed, count },
];

/** The positions from `first` to `last` at once. */
const read = (of: Partial<EventRecord>, first: number, last: number): Part => ({
  kind: EventKind.deliver,
  flags: Flag.placed | Flag.flagKnown,
  seq: first,
  positionMajor: first,
  count: last - first + 1,
  ...of,
});

const one = { ...consumerA, group: 0 };
const successor = { ...consumerB, group: 0 };
const other = { actor: 9, session: 90, group: 1 };

/** A part each millisecond; the groups are drained long after the last. */
function judged(parts: readonly Part[], isOneByOne: boolean, facts: CellFacts): Judgement {
  const judge = createJudge(facts);
  judge.addLanes({ first: 0, count: 1, ordered: true, actor: 1, route: -1 });
  for (const [at, { count = 1, ...of }] of parts.entries()) {
    const event = Object.assign(emptyEvent(), { lane: 0, timeNs: (at + 1) * ms, scope: 0 }, of);
    if (isOneByOne) eachOfRun(event, count, (each) => judge.fold(each));
    else judge.fold(event, count);
  }
  for (const group of [0, 1]) {
    judge.fold({ ...emptyEvent(), kind: EventKind.drainComplete, group, timeNs: 1_000 * ms });
  }
  return judge.finish();
}

/** What a check says of runs, which is what it says of their events one by one. */
function told(check: CheckId, parts: readonly Part[], facts: CellFacts) {
  const [inRuns, oneByOne] = [false, true].map((is) => resultOf(judged(parts, is, facts), check));
  expect(inRuns).toEqual(oneByOne);
  return inRuns;
}

describe('where one run ends and another begins', () => {
  const facts = { ...logFacts, groups: [readsFromStart, readsFromStart], assignments: false };
  // Of a session that nobody knows its first run is taken one by one.
  const opened = [one, other].map((who): Part => ({ kind: EventKind.sessionOpened, ...who }));
  const skips = (...parts: readonly Part[]) =>
    told('O4', [...opened, ...sent(10), ...parts], facts);

  it.each([
    ['the first run', [read(one, 0, 4)]],
    ['a later run', [read(one, 0, 2), read(one, 3, 4)]],
  ])('what was jumped over right behind %s is found, and when', (_what, before) => {
    const parts = [read(other, 0, 9), ...before, read(one, 6, 9)];
    const atNs = (4 + parts.length) * ms;
    expect(skips(...parts)).toMatchObject({ count: 1, possible: 0, culprits: [{ atNs }] });
  });

  it('nothing was jumped over where a run goes on, or begins further back', () => {
    const whole = read(other, 0, 9);
    expect(skips(whole, read(one, 0, 4), read(one, 5, 9))).toMatchObject({ count: 0, possible: 0 });
    expect(skips(whole, read(one, 3, 5), read(one, 0, 2), read(one, 6, 9))).toMatchObject({
      count: 0,
      possible: 0,
    });
  });

  it('what nobody got right behind a run may be lost, and nobody is said to have skipped it', () => {
    const parts = [one, other].flatMap((who) => [read(who, 0, 4), read(who, 6, 9)]);
    expect(skips(...parts)).toMatchObject({ count: 0, possible: 2 });
  });

  it('what a restart skipped right behind a run is found', () => {
    const commit = { flags: Flag.placed, positionMajor: 5, ticket: 1_000, ...one };
    const parts = [
      ...[one, successor, other].map((who): Part => ({ kind: EventKind.sessionOpened, ...who })),
      ...sent(8),
      read(other, 0, 7),
      { kind: EventKind.assigned, ...one, ref: 1 },
      read(one, 0, 2),
      { kind: EventKind.offsetCommitInvoke, ...commit },
      { kind: EventKind.offsetCommitSettled, ...commit, outcome: OutcomeCode.ok },
      { kind: EventKind.crashed, actor: one.actor },
      { kind: EventKind.assigned, ...successor, ref: 2 },
      read(successor, 5, 7),
    ];
    for (const check of ['G1', 'G2'] as const) {
      expect(told(check, parts, logFacts)).toMatchObject({ count: 2, possible: 0 });
    }
  });
});
