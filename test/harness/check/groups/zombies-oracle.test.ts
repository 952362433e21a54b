import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventKind, type EventRecord, OutcomeCode } from '../../../../harness/core/events.ts';
import { judge, resultOf } from '../history-of.ts';
import { groupHistory, logFacts, ms } from './group-history.ts';

const who = fc.constantFrom({ actor: 2, session: 20 }, { actor: 3, session: 30 });
const generation = fc.nat({ max: 3 });
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('assign' as const), who, generation }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('revoke' as const), who }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('commit' as const),
      who,
      generation: fc.constantFrom(0, 0, 1, 2, 3),
      outcome: fc.constantFrom('ok' as const, 'ok' as const, 'fail' as const, 'unknown' as const),
      isAnswered: fc.constantFrom(true, true, true, false),
    }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** One scope; nobody is assigned what it has already, so that a hold has one generation. */
function play(steps: readonly Step[]): readonly EventRecord[] {
  const history = groupHistory().fill(4);
  const holding = new Set<number>();
  for (const one of steps) {
    if (one.do === 'wait') {
      history.wait(1.5 * ms);
      continue;
    }
    const { who: to } = one;
    if (one.do === 'assign') {
      if (!holding.has(to.session)) history.assign(to, one.generation);
      holding.add(to.session);
    } else if (one.do === 'revoke') {
      history.revoke(to);
      holding.delete(to.session);
    } else {
      const details = { to, generation: one.generation, outcome: one.outcome };
      history.commitBegins(1, details);
      if (one.isAnswered) history.commitEnds(1, details);
    }
  }
  return history.drained().events;
}

/** Commits that were accepted although somebody else had been assigned the scope in a later generation. */
function naiveZombies(events: readonly EventRecord[]): { count: number; possible: number } {
  const found = { count: 0, possible: 0 };
  for (const [at, event] of events.entries()) {
    if (event.kind !== EventKind.offsetCommitInvoke) continue;
    const isAccepted = events
      .slice(at)
      .some(
        (answer) =>
          answer.kind === EventKind.offsetCommitSettled &&
          answer.session === event.session &&
          answer.ticket === event.ticket &&
          answer.outcome === OutcomeCode.ok,
      );
    if (!isAccepted) continue;
    const assigned = events.slice(0, at).filter(({ kind }) => kind === EventKind.assigned);
    const own = assigned.findLast(({ session }) => session === event.session);
    const of = event.ref > 0 ? event.ref : (own?.ref ?? 0);
    const others = assigned.filter(({ session }) => session !== event.session);
    const later = others.filter((other) =>
      of > 0 && other.ref > 0 ? other.ref > of : own !== undefined && other.timeNs > own.timeNs,
    );
    if (later.length === 0) continue;
    const isCertain = later.some(
      (other) => of > 0 && other.ref > of && other.timeNs + ms < event.timeNs,
    );
    if (isCertain) found.count += 1;
    else found.possible += 1;
  }
  return found;
}

describe('G4', () => {
  it('agrees with the naive oracle on every small history of commits', () => {
    const seen = { count: 0, possible: 0 };
    const steps = fc.array(step, { minLength: 3, maxLength: 20, size: 'max' });
    fc.assert(
      fc.property(steps, (of) => {
        const events = play(of);
        const expected = naiveZombies(events);
        if (expected.count > 0) seen.count += 1;
        if (expected.possible > 0) seen.possible += 1;
        const history = groupHistory();
        history.events.push(...events);
        expect(resultOf(judge(history, logFacts), 'G4')).toMatchObject(expected);
      }),
      { numRuns: 2_000, seed: 20_261_127 },
    );
    expect(seen.count).toBeGreaterThan(100);
    expect(seen.possible).toBeGreaterThan(100);
  });

  it('finds the commit of a session whose own assignment nobody told', () => {
    const history = groupHistory()
      .fill(1)
      .assign({ actor: 3, session: 30 }, 2)
      .wait(2 * ms);
    history.commit(1, { to: { actor: 2, session: 20 }, generation: 1 });
    expect(resultOf(judge(history.drained(), logFacts), 'G4')).toMatchObject({ count: 1 });
  });

  it('takes the same generation of two sessions for no sign of who came later', () => {
    const history = groupHistory().fill(1);
    const [a, b] = [
      { actor: 2, session: 20 },
      { actor: 3, session: 30 },
    ] as const;
    history
      .assign(a, 2)
      .assign(b, 2)
      .wait(2 * ms)
      .commit(1, { to: a, generation: 2 });
    expect(resultOf(judge(history.drained(), logFacts), 'G4')).toMatchObject({
      count: 0,
      possible: 0,
    });
  });
});
