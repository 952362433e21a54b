import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  EventKind,
  type EventRecord,
  OutcomeCode,
  TransactionEndCode,
} from '../../../../harness/core/events.ts';
import type { CellFacts } from '../../../../harness/core/facts.ts';
import { resultAlone } from '../history-of.ts';
import { groupHistory, logFacts, readsFromStart } from './group-history.ts';

const entries = 5;
const facts: CellFacts = {
  ...logFacts,
  groups: [readsFromStart, readsFromStart],
  transactions: 'read-committed',
};

const who = fc.nat({ max: 1 });
const at = fc.nat({ max: entries - 1 });
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('read' as const), who, at }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('read elsewhere' as const), at }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('assign' as const), who }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('revoke' as const), who }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('crash' as const), who }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('open' as const), who }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('commit' as const),
      who,
      at: fc.nat({ max: entries }),
      outcome: fc.constantFrom(...(['ok', 'ok', 'ok', 'fail', 'unknown'] as const)),
      end: fc.constantFrom(...([undefined, undefined, 'commit', 'abort', 'none'] as const)),
    }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

interface Shape {
  readonly steps: readonly Step[];
  readonly assigns: boolean;
  readonly seeks: boolean;
  readonly drains: boolean;
  readonly unanswered: number;
}

const shapes: fc.Arbitrary<Shape> = fc.record({
  steps: fc.array(step, { minLength: 4, maxLength: 24, size: 'max' }),
  assigns: fc.constantFrom(true, true, false),
  seeks: fc.constantFrom(false, false, false, false, false, false, true),
  drains: fc.constantFrom(true, true, true, true, true, true, false),
  unanswered: fc.nat({ max: entries }),
});

/** One scope that two groups read; the first commits offsets, some of them with a transaction. */
function play({ steps, assigns, seeks, drains, unanswered }: Shape): readonly EventRecord[] {
  const history = groupHistory();
  const sessions = [20, 30];
  const holder = (of: number) => ({ actor: of + 2, session: sessions[of] ?? 0 });
  for (let seq = 0; seq < entries; seq += 1) {
    if (seq === unanswered) history.invoke(0, seq);
    else history.send(0, seq, 'ok', [0, seq]);
  }
  for (const of of [0, 1]) history.open(holder(of));
  let transaction = 0;
  for (const one of steps) {
    if (one.do === 'read') history.read([one.at], holder(one.who));
    else if (one.do === 'read elsewhere') {
      const to = { actor: 9, session: 90 };
      history.deliver(0, one.at, { to, group: 1, at: [0, one.at] });
    } else if (one.do === 'assign' && assigns) history.assign(holder(one.who));
    else if (one.do === 'revoke') history.revoke(holder(one.who));
    else if (one.do === 'crash') history.crash(holder(one.who));
    else if (one.do === 'open') {
      sessions[one.who] = (sessions[one.who] ?? 0) + 1;
      history.open(holder(one.who));
    } else if (one.do === 'commit') {
      if (one.end !== undefined) transaction += 1;
      const details = { to: holder(one.who), outcome: one.outcome };
      if (one.end === undefined) history.commit(one.at, details);
      else history.commit(one.at, { ...details, transaction });
      if (one.end === undefined || one.end === 'none') continue;
      const detail = TransactionEndCode[one.end];
      const ended = { ref: transaction, outcome: OutcomeCode.ok, detail };
      history.add({ kind: EventKind.transactionEndSettled, ...ended });
    }
  }
  if (seeks) history.seek(holder(0), 2);
  return (drains ? history.drained() : history).events;
}

/** Entries that a restart skipped because of a commit, by looking through the history for each of them. */
class NaiveAhead {
  readonly #events: readonly EventRecord[];

  constructor(events: readonly EventRecord[]) {
    this.#events = events;
  }

  skips(): { readonly count: number; readonly possible: number } {
    const isSure =
      this.#events.some(({ kind }) => kind === EventKind.drainComplete) &&
      !this.#events.some(({ kind }) => kind === EventKind.seeked);
    const ahead = this.#existing().filter((entry) => this.#isSkipped(entry));
    const certain = ahead.filter((entry) => {
      const isPassedElsewhere = this.#got(1).some((other) => this.#positionOf(other) >= entry);
      const isRead = this.#got(1).some((other) => this.#positionOf(other) === entry);
      return isSure && (isRead || !isPassedElsewhere);
    });
    return { count: certain.length, possible: ahead.length - certain.length };
  }

  #existing(): readonly number[] {
    const proofs = this.#events.filter(
      ({ kind, outcome }) =>
        kind === EventKind.deliver ||
        (kind === EventKind.sendSettled && outcome === OutcomeCode.ok),
    );
    return [...new Set(proofs.map(({ positionMajor }) => positionMajor))];
  }

  #isSkipped(entry: number): boolean {
    const got = this.#got(0);
    if (got.some((at) => this.#positionOf(at) === entry)) return false;
    const past = got.find((at) => this.#positionOf(at) > entry);
    const commits = this.#applied().filter(({ position }) => position > entry);
    if (past !== undefined) return this.#isStart(past) && commits.some(({ at }) => at < past);
    return this.#restarts().some((restart) => commits.some(({ at }) => at < restart));
  }

  #got(group: number): readonly number[] {
    return [...this.#events.keys()].filter((at) => {
      const event = this.#events[at];
      return event?.kind === EventKind.deliver && event.group === group;
    });
  }

  /** The first that its session got since it was last assigned the scope. */
  #isStart(at: number): boolean {
    const session = this.#events[at]?.session ?? 0;
    const assigned = this.#assignments().findLast(
      (index) => index < at && this.#events[index]?.session === session,
    );
    return !this.#got(0).some(
      (other) => other < at && other > (assigned ?? -1) && this.#events[other]?.session === session,
    );
  }

  /** Without renewals of what the session has already. */
  #assignments(): readonly number[] {
    const owning = new Set<number>();
    return [...this.#events.keys()].filter((at) => {
      const { kind, session = 0, actor } = this.#events[at] ?? {};
      if (kind === EventKind.revoked) owning.delete(session);
      if (kind === EventKind.crashed) {
        for (const one of owning) if (this.#actorOf(one) === actor) owning.delete(one);
      }
      if (kind !== EventKind.assigned || owning.has(session)) return false;
      owning.add(session);
      return true;
    });
  }

  #actorOf(session: number): number | undefined {
    return this.#events.find((event) => event.session === session)?.actor;
  }

  /** Assignments, and crashes of the last one that was assigned; without any, openings of sessions. */
  #restarts(): readonly number[] {
    const assignments = this.#assignments();
    if (assignments.length === 0) return this.#all(EventKind.sessionOpened);
    const crashes = this.#all(EventKind.crashed).filter((at) => {
      const last = assignments.findLast((index) => index < at) ?? -1;
      const { session, actor } = this.#events[last] ?? {};
      if (actor === undefined || actor !== this.#events[at]?.actor) return false;
      return !this.#events
        .slice(last, at)
        .some(
          (event) =>
            (event.kind === EventKind.revoked && event.session === session) ||
            (event.kind === EventKind.crashed && event.actor === actor),
        );
    });
    return [...assignments, ...crashes];
  }

  #all(kind: number): readonly number[] {
    return [...this.#events.keys()].filter((at) => this.#events[at]?.kind === kind);
  }

  /** Commits and when they were known to have been applied. */
  #applied(): readonly { readonly at: number; readonly position: number }[] {
    return this.#all(EventKind.offsetCommitSettled).flatMap((at) => {
      const { outcome, seq: transaction = 0 } = this.#events[at] ?? {};
      const position = this.#positionOf(at);
      if (transaction === 0) return outcome === OutcomeCode.ok ? [{ at, position }] : [];
      if (outcome === OutcomeCode.fail) return [];
      const end = this.#all(EventKind.transactionEndSettled).find(
        (index) => this.#events[index]?.ref === transaction,
      );
      if (end === undefined || this.#events[end]?.detail !== TransactionEndCode.commit) return [];
      return [{ at: end, position }];
    });
  }

  #positionOf(at: number): number {
    return this.#events[at]?.positionMajor ?? -1;
  }
}

it('G1 agrees with a naive oracle on every small history of commits and restarts', () => {
  const seen = { found: 0, possible: 0, clean: 0 };
  fc.assert(
    fc.property(shapes, (shape) => {
      const events = play(shape);
      const { count, possible } = new NaiveAhead(events).skips();
      if (count > 0) seen.found += 1;
      if (possible > 0) seen.possible += 1;
      if (count + possible === 0) seen.clean += 1;
      expect(resultAlone('G1', events, facts)).toMatchObject({ count, possible });
    }),
    { numRuns: 2_000, seed: 20_261_130 },
  );
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(100);
});
