import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventKind, type EventRecord, ToleranceCode } from '../../../../harness/core/events.ts';
import { defaultBounds } from '../../../../harness/core/facts.ts';
import { resultAlone } from '../history-of.ts';
import { type GroupHistory, groupHistory, logFacts, ms } from './group-history.ts';

const boundMs = 3;
const who = fc.constantFrom(
  { actor: 2, session: 20 },
  { actor: 2, session: 21 },
  { actor: 3, session: 30 },
);
const scope = fc.nat({ max: 1 });
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('assign' as const), who, scope }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('revoke' as const), who, scope }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('lose' as const), who, scope }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('open' as const), who }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('close' as const), who }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('crash' as const), who }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('wait' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('fault' as const),
      tolerance: fc.constantFrom('tolerated' as const, 'beyond' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('heal' as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function play(one: Step, history: GroupHistory): void {
  switch (one.do) {
    case 'assign':
      history.assign(one.who, 0, one.scope);
      return;
    case 'revoke':
      history.revoke(one.who, one.scope);
      return;
    case 'lose':
      history.lose(one.who, one.scope);
      return;
    case 'open':
      history.open(one.who);
      return;
    case 'close':
      history.close(one.who);
      return;
    case 'crash':
      history.crash(one.who);
      return;
    case 'wait':
      history.wait(1.3 * ms);
      return;
    case 'fault':
      history.fault('faultStarted', 0, ToleranceCode[one.tolerance]);
      return;
    case 'heal':
      history.fault('faultStopped');
  }
}

const histories = fc
  .array(step, { minLength: 4, maxLength: 30, size: 'max' })
  .map((steps): GroupHistory => {
    const history = groupHistory().fill(1);
    for (const one of steps) play(one, history);
    return history.drained();
  });

/** Whether the event ends what the session of this actor has. */
function endsSession(event: EventRecord, { actor, session }: EventRecord): boolean {
  if (event.kind === EventKind.sessionClosed) return event.session === session;
  return event.kind === EventKind.crashed && event.actor === actor;
}

class NaiveOrphans {
  readonly #events: readonly EventRecord[];

  constructor(events: readonly EventRecord[]) {
    this.#events = events;
  }

  /** Times that the scope was left, and stayed so for longer than the bound with somebody there in calm. */
  count(of: number): number {
    const owned = this.#events.map((_, at) => this.#isOwned(of, at));
    const first = owned.indexOf(true);
    if (first < 0) return 0;
    let count = 0;
    for (let at = first; at < owned.length; at += 1) {
      if (owned[at] === true || owned[at - 1] !== true) continue;
      const next = owned.indexOf(true, at);
      if (this.#isLong(at, next < 0 ? owned.length - 1 : next)) count += 1;
    }
    return count;
  }

  /** Between these events there is a span longer than the bound in which a member could have had the scope. */
  #isLong(from: number, to: number): boolean {
    let sinceNs: number | undefined;
    for (let at = from; at <= to; at += 1) {
      const { timeNs } = this.#at(at);
      if (sinceNs !== undefined && timeNs - sinceNs > boundMs * ms) return true;
      if (!this.#hasMember(at) || this.#hasFault(at)) sinceNs = undefined;
      else sinceNs ??= timeNs;
    }
    return false;
  }

  #isOwned(of: number, until: number): boolean {
    return this.#events.slice(0, until + 1).some((event, at) => {
      if (event.kind !== EventKind.assigned || event.scope !== of) return false;
      return !this.#events.slice(at + 1, until + 1).some((later) => {
        const isEnd = later.kind === EventKind.revoked || later.kind === EventKind.lost;
        const isOfIt = later.session === event.session && later.scope === of;
        return (isEnd && isOfIt) || endsSession(later, event);
      });
    });
  }

  #hasMember(until: number): boolean {
    return this.#events.slice(0, until + 1).some((event, at) => {
      if (event.kind !== EventKind.assigned && event.kind !== EventKind.sessionOpened) return false;
      return !this.#events.slice(at + 1, until + 1).some((later) => endsSession(later, event));
    });
  }

  #hasFault(until: number): boolean {
    return this.#events.slice(0, until + 1).some((event, at) => {
      if (event.kind !== EventKind.faultStarted) return false;
      if (event.detail === ToleranceCode.tolerated) return false;
      return !this.#events
        .slice(at + 1, until + 1)
        .some(({ kind }) => kind === EventKind.faultStopped);
    });
  }

  #at(index: number): EventRecord {
    const event = this.#events[index];
    if (event === undefined) throw new Error(`no event ${index}`);
    return event;
  }
}

describe('G6', () => {
  it('agrees with the naive oracle on every small history', () => {
    let seen = 0;
    const facts = { ...logFacts, bounds: { ...defaultBounds, orphanMs: boundMs } };
    fc.assert(
      fc.property(histories, (history) => {
        const naive = new NaiveOrphans(history.events);
        const expected = naive.count(0) + naive.count(1);
        if (expected > 0) seen += 1;
        expect(resultAlone('G6', history, facts)).toMatchObject({ count: expected });
      }),
      { numRuns: 2_000, seed: 20_261_127 },
    );
    expect(seen).toBeGreaterThan(200);
  });
});
