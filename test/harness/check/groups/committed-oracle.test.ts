import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventKind, type EventRecord, OutcomeCode } from '../../../../harness/core/events.ts';
import { judge, only, resultOf } from '../history-of.ts';
import { groupHistory, logFacts } from './group-history.ts';

const entries = 4;
const who = fc.constantFrom({ actor: 2, session: 20 }, { actor: 3, session: 30 });
const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('read' as const),
      who,
      at: fc.nat({ max: entries - 1 }),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('assign' as const), who }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('revoke' as const), who }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('commit' as const),
      who,
      at: fc.nat({ max: entries }),
      outcome: fc.constantFrom(
        'ok' as const,
        'ok' as const,
        'ok' as const,
        'fail' as const,
        'unknown' as const,
        'open' as const,
      ),
    }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** One scope whose entries somebody else has read; nobody is assigned what it has already. */
function play(steps: readonly Step[]): readonly EventRecord[] {
  const history = groupHistory().fill(entries).readElsewhere(entries);
  const holding = new Set<number>();
  for (const one of steps) {
    const { session } = one.who;
    if (one.do === 'read') history.read([one.at], one.who);
    else if (one.do === 'assign') {
      if (!holding.has(session)) history.assign(one.who);
      holding.add(session);
    } else if (one.do === 'revoke') {
      history.revoke(one.who);
      holding.delete(session);
    } else {
      history.commitBegins(one.at, { to: one.who });
      if (one.outcome !== 'open') history.commitEnds(one.at, { to: one.who, outcome: one.outcome });
    }
  }
  return history.drained().events;
}

/** Offsets by looking through the whole history for each delivery. */
class NaiveOffsets {
  readonly #events: readonly EventRecord[];

  constructor(events: readonly EventRecord[]) {
    this.#events = events;
  }

  /** Deliveries below all that may have been committed when their assignment began, or since. */
  belowCommitted(): number {
    return this.#reads().filter(({ at, assigned }) => {
      const inForce = this.#inForce(assigned);
      if (!inForce.some((commit) => this.#answeredAt(commit, assigned) >= 0)) return false;
      const since = this.#commits().filter((commit) => commit > assigned && commit < at);
      const floor = Math.min(...[...inForce, ...since].map((commit) => this.#positionOf(commit)));
      return this.#positionOf(at) < floor;
    }).length;
  }

  /** First deliveries of an assignment that are nowhere where it may have been told to begin. */
  wrongStarts(): number {
    const reads = this.#reads();
    return reads.filter(({ at, assigned }) => {
      if (reads.some((other) => other.assigned === assigned && other.at < at)) return false;
      const inForce = this.#inForce(assigned);
      const since = this.#commits().filter((commit) => commit > assigned && commit < at);
      const right = [...inForce, ...since].map((commit) => this.#positionOf(commit));
      if (!inForce.some((commit) => this.#answeredAt(commit, assigned) >= 0)) right.push(0);
      return !right.includes(this.#positionOf(at));
    }).length;
  }

  /** Deliveries to a session that had the scope then, and when it had been assigned. */
  #reads(): readonly { readonly at: number; readonly assigned: number }[] {
    return this.#events.flatMap((event, at) => {
      if (event.kind !== EventKind.deliver || event.group !== 0) return [];
      const own = this.#events.findLastIndex(
        (other, index) =>
          index < at &&
          other.session === event.session &&
          (other.kind === EventKind.assigned || other.kind === EventKind.revoked),
      );
      return this.#events[own]?.kind === EventKind.assigned ? [{ at, assigned: own }] : [];
    });
  }

  #commits(): readonly number[] {
    return [...this.#events.keys()].filter(
      (at) => this.#events[at]?.kind === EventKind.offsetCommitInvoke,
    );
  }

  /** Commits that may be the last applied one before the event of this index. */
  #inForce(until: number): readonly number[] {
    const begun = this.#commits().filter((at) => at < until && !this.#isRefused(at, until));
    return begun.filter((at) => {
      const answered = this.#answeredAt(at, until);
      return (
        answered < 0 ||
        !begun.some((later) => later > answered && this.#answeredAt(later, until) >= 0)
      );
    });
  }

  #answeredAt(commit: number, until: number): number {
    return this.#answer(commit, until, OutcomeCode.ok);
  }

  #isRefused(commit: number, until: number): boolean {
    return this.#answer(commit, until, OutcomeCode.fail) >= 0;
  }

  #answer(commit: number, until: number, outcome: number): number {
    const { session, ticket } = this.#events[commit] ?? {};
    return this.#events.findIndex(
      (event, at) =>
        at > commit &&
        at < until &&
        event.kind === EventKind.offsetCommitSettled &&
        event.session === session &&
        event.ticket === ticket &&
        event.outcome === outcome,
    );
  }

  #positionOf(index: number): number {
    return this.#events[index]?.positionMajor ?? -1;
  }
}

describe('G3 and G7', () => {
  it('agree with the naive oracle on every small history', () => {
    const seen = { G3: 0, G7: 0 };
    const steps = fc.array(step, { minLength: 3, maxLength: 22, size: 'max' });
    fc.assert(
      fc.property(steps, (of) => {
        const events = play(of);
        const history = groupHistory();
        history.events.push(...events);
        const judgement = judge(history, logFacts, only('G3', 'G7'));
        const naive = new NaiveOffsets(events);
        const expected = { G3: naive.belowCommitted(), G7: naive.wrongStarts() };
        for (const id of ['G3', 'G7'] as const) {
          if (expected[id] > 0) seen[id] += 1;
          expect(resultOf(judgement, id), id).toMatchObject({ count: expected[id], possible: 0 });
        }
      }),
      { numRuns: 2_000, seed: 20_261_127 },
    );
    expect(seen.G3).toBeGreaterThan(100);
    expect(seen.G7).toBeGreaterThan(100);
  });
});
