import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventKind, type EventRecord } from '../../../../harness/core/events.ts';
import { resultAlone } from '../history-of.ts';
import { groupHistory, logFacts, ms } from './group-history.ts';

const sessions = [
  { actor: 2, session: 20 },
  { actor: 3, session: 30 },
  { actor: 4, session: 40 },
] as const;
const who = fc.constantFrom(...sessions);
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('assign' as const),
      who,
      generation: fc.nat({ max: 2 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('revoke' as const), who }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('lose' as const), who }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('close' as const), who }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('crash' as const), who }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('read' as const), who }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** Scope 0 alone; nobody is assigned what it has already. */
function play(steps: readonly Step[]): readonly EventRecord[] {
  const history = groupHistory().fill(1);
  const holding = new Set<number>();
  for (const one of steps) {
    if (one.do === 'wait') {
      history.wait(1.5 * ms);
      continue;
    }
    const { session } = one.who;
    if (one.do === 'read') history.read([0], one.who);
    else if (one.do === 'assign') {
      if (!holding.has(session)) history.assign(one.who, one.generation);
      holding.add(session);
    } else {
      history[one.do](one.who);
      holding.delete(session);
    }
  }
  return history.drained().events;
}

interface Hold {
  readonly session: number;
  readonly generation: number;
  readonly from: number;
  readonly to: number;
  readonly end: EventKind | undefined;
}

class NaiveOwners {
  readonly #events: readonly EventRecord[];

  constructor(events: readonly EventRecord[]) {
    this.#events = events;
  }

  judge(): { count: number; possible: number } {
    const holds = this.#holds();
    const pairs = holds.flatMap((first, at) =>
      holds
        .slice(at + 1)
        .filter((second) => second.from < first.to)
        .map((second) => [first, second] as const),
    );
    const certain = pairs.filter(([first, second]) => this.#isCertain(first, second)).length;
    return { count: certain, possible: pairs.length - certain };
  }

  #holds(): readonly Hold[] {
    return this.#events.flatMap((event, from) => {
      if (event.kind !== EventKind.assigned) return [];
      const { session, actor, ref: generation } = event;
      const end = this.#events.findIndex((later, at) => {
        if (at <= from) return false;
        if (later.kind === EventKind.crashed) return later.actor === actor;
        const ends: readonly number[] = [
          EventKind.revoked,
          EventKind.lost,
          EventKind.sessionClosed,
        ];
        return ends.includes(later.kind) && later.session === session;
      });
      const to = end < 0 ? Number.POSITIVE_INFINITY : end;
      return [{ session, generation, from, to, end: this.#events[end]?.kind }];
    });
  }

  /** Two of one generation, whatever ended them; else only what no late callback can explain. */
  #isCertain(first: Hold, second: Hold): boolean {
    const isLate = second.generation > 0 && second.generation < first.generation;
    const [older, newer] = isLate ? [second, first] : [first, second];
    const last = this.#events.length - 1;
    const untilNs = this.#timeOf(Math.min(older.to, newer.to, last));
    if (untilNs - this.#timeOf(second.from) <= ms) return false;
    const isKnown = older.generation > 0 && newer.generation > 0;
    if (isKnown && older.generation === newer.generation) return true;
    const isTold = older.end === undefined || older.end === EventKind.revoked;
    const isServed = this.#isServed(older, newer, second.from);
    if (!isKnown) return isServed || isTold;
    return isServed && (isTold || older.end === EventKind.sessionClosed);
  }

  /** The older owner got what it asked for when the overlap was older than clocks may be off. */
  #isServed(older: Hold, newer: Hold, from: number): boolean {
    return this.#events.some((event, at) => {
      if (event.kind !== EventKind.deliver || event.session !== older.session) return false;
      if (at < from || at > older.to) return false;
      const wasOwned = newer.to > at || this.#timeOf(newer.to) > event.auxNs;
      return event.auxNs > this.#timeOf(from) + ms && wasOwned;
    });
  }

  #timeOf(index: number): number {
    return this.#events[index]?.timeNs ?? Number.POSITIVE_INFINITY;
  }
}

describe('O9', () => {
  it('agrees with the naive oracle on every small history', () => {
    const seen = { count: 0, possible: 0 };
    const steps = fc.array(step, { minLength: 3, maxLength: 25, size: 'max' });
    fc.assert(
      fc.property(steps, (of) => {
        const events = play(of);
        const expected = new NaiveOwners(events).judge();
        if (expected.count > 0) seen.count += 1;
        if (expected.possible > 0) seen.possible += 1;
        const history = groupHistory();
        history.events.push(...events);
        expect(resultAlone('O9', history, logFacts)).toMatchObject(expected);
      }),
      { numRuns: 2_000, seed: 20_261_127 },
    );
    expect(seen.count).toBeGreaterThan(200);
    expect(seen.possible).toBeGreaterThan(200);
  });
});
