import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CheckId } from '../../../../harness/core/anomalies.ts';
import {
  DeadLetterCause,
  EventKind,
  type EventRecord,
  OutcomeCode,
  SettlementCode,
} from '../../../../harness/core/events.ts';
import type { CellFacts, GroupFacts } from '../../../../harness/core/facts.ts';
import { HistoryBuilder, judge, resultOf } from '../history-of.ts';
import { idOf, isOf } from '../naive-history.ts';

const limit = 2;
const main: GroupFacts = {
  role: 'subscription',
  reset: 'unknown',
  attempts: limit,
  deadLetter: 1,
  requeueTo: 'any',
  filtered: false,
};
/** The first with dead letters that group 1 reads, the other without any. */
const cells: readonly Partial<CellFacts>[] = [
  { groups: [main, { role: 'dead-letter', of: 0 }] },
  { groups: [{ ...main, deadLetter: -1 }] },
];
type Tally = { count: number; possible: number } | 'undecided';

/** Q1 or Q7, Q2, Q3 by the broker's numbers, Q4 and Q5, by whole-history look-ups. */
class NaiveDeadLetters {
  readonly #events: readonly EventRecord[];
  readonly #sent: readonly string[];
  readonly #hasReader: boolean;

  constructor(events: readonly EventRecord[], hasReader: boolean) {
    this.#events = events;
    this.#hasReader = hasReader;
    this.#sent = [...new Set(events.filter(({ kind }) => kind === EventKind.sendInvoke).map(idOf))];
  }

  judge(): Partial<Record<CheckId, Tally>> {
    const dropped = this.#sent.filter((id) => this.#isDropped(id));
    const sure = dropped.filter((id) => !this.#mayBeSettled(id)).length;
    const isDrained = this.#isDrained(0) && (!this.#hasReader || this.#isDrained(1));
    const tally = { count: sure, possible: dropped.length - sure };
    const q: Tally = isDrained
      ? tally
      : dropped.length > 0
        ? 'undecided'
        : { count: 0, possible: 0 };
    const wrong = this.#sent.filter((id) => this.#isEarly(id) || this.#isLate(id)).length;
    const reasonless = this.#of(EventKind.deadLettered).filter(
      ({ detail }) => detail === DeadLetterCause.missing,
    ).length;
    return {
      [this.#hasReader ? 'Q1' : 'Q7']: q,
      Q3: { count: wrong, possible: 0 },
      ...(this.#hasReader
        ? { Q2: this.#settledToo(), Q4: { count: reasonless, possible: 0 }, Q5: this.#swapped() }
        : {}),
    };
  }

  /**
   * Possible where any acknowledgement may have come from somebody who did not hold the message any more, or
   * from one who had it twice and settled the other copy.
   */
  #settledToo(): Tally {
    const both = this.#sent.filter((id) => this.#doneAt(id) < Infinity && this.#isMoved(id));
    const isDoubtful = (id: string): boolean =>
      this.#isAcknowledgedStale(id) || this.#attempts(id).length > 1;
    const stale = both.filter(isDoubtful).length;
    return { count: both.length - stale, possible: stale };
  }

  #isMoved(id: string): boolean {
    const isRead = this.#of(EventKind.deliver, id).some(({ group }) => group === 1);
    return isRead || this.#of(EventKind.deadLettered, id).length > 0;
  }

  #isAcknowledgedStale(id: string): boolean {
    return this.#events.some((event, at) => {
      const isAck = event.detail === SettlementCode.acknowledge;
      if (event.kind !== EventKind.settleInvoke || !isAck || !isOf(id)(event)) return false;
      const before = this.#events.slice(0, at).filter(isOf(id));
      const held = before.findLastIndex(
        ({ kind, group }) => kind === EventKind.deliver && group === 0,
      );
      const isRequeued = before
        .slice(held)
        .some(
          ({ kind, detail }) =>
            kind === EventKind.settleInvoke && detail === SettlementCode.requeue,
        );
      return held < 0 || isRequeued || this.#doneAt(id) < at;
    });
  }

  /** Dead letters that were read after one that had been moved later, as their moves stood at each reading. */
  #swapped(): Tally {
    const moves = this.#sent.flatMap((id) => {
      const read = this.#events.findIndex(
        (event) => event.kind === EventKind.deliver && event.group === 1 && isOf(id)(event),
      );
      const moved = this.#events
        .slice(0, Math.max(read, 0))
        .findLastIndex((event) => event.kind === EventKind.deadLettered && isOf(id)(event));
      return moved < 0 ? [] : [{ read, moved }];
    });
    const late = moves.filter((one) =>
      moves.some((other) => other.read < one.read && other.moved > one.moved),
    );
    return { count: late.length, possible: 0 };
  }

  #of(kind: EventKind, id?: string): EventRecord[] {
    return this.#events.filter(
      (event) => event.kind === kind && (id === undefined || isOf(id)(event)),
    );
  }

  #isDrained(group: number): boolean {
    return this.#of(EventKind.drainComplete).some((event) => event.group === group);
  }

  #doneAt(id: string): number {
    const at = this.#events.findIndex(
      (event) =>
        event.kind === EventKind.settleSettled &&
        event.detail === SettlementCode.acknowledge &&
        event.outcome === OutcomeCode.ok &&
        isOf(id)(event),
    );
    return at < 0 ? Number.POSITIVE_INFINITY : at;
  }

  /** Deliveries in the main group before it was done with the message. */
  #attempts(id: string): readonly number[] {
    const done = this.#doneAt(id);
    return this.#events
      .filter((event, at) => {
        if (event.kind !== EventKind.deliver || event.group !== 0 || !isOf(id)(event)) return false;
        const earlier = this.#events
          .slice(0, at)
          .some(
            (other) => other.kind === EventKind.deliver && other.group === 0 && isOf(id)(other),
          );
        return !earlier || at < done;
      })
      .map(({ attempt }) => attempt);
  }

  #isDropped(id: string): boolean {
    if (this.#doneAt(id) < Number.POSITIVE_INFINITY) return false;
    const isElsewhere =
      this.#isSaidToBeMoved(id) || this.#of(EventKind.deliver, id).some(({ group }) => group === 1);
    return !isElsewhere && this.#attempts(id).some((attempt) => attempt >= limit);
  }

  /** And nobody has read the dead letters to their end since. */
  #isSaidToBeMoved(id: string): boolean {
    const moved = this.#events.findLastIndex(
      (event) => event.kind === EventKind.deadLettered && isOf(id)(event),
    );
    const drained = this.#events.findLastIndex(
      ({ kind, group }) => kind === EventKind.drainComplete && group === 1,
    );
    return moved >= 0 && drained < moved;
  }

  #mayBeSettled(id: string): boolean {
    const isAck = ({ detail }: EventRecord): boolean => detail === SettlementCode.acknowledge;
    const begun = this.#of(EventKind.settleInvoke, id).filter(isAck).length;
    const refused = this.#of(EventKind.settleSettled, id)
      .filter(isAck)
      .filter(({ outcome }) => outcome === OutcomeCode.fail).length;
    return begun > refused;
  }

  #isEarly(id: string): boolean {
    return this.#of(EventKind.deadLettered, id).some(
      ({ detail, attempt }) => detail === DeadLetterCause.attempts && attempt < limit,
    );
  }

  #isLate(id: string): boolean {
    const isMovedLate = this.#of(EventKind.deadLettered, id).some(
      ({ detail, attempt }) => detail === DeadLetterCause.attempts && attempt > limit,
    );
    return isMovedLate || this.#attempts(id).some((attempt) => attempt > limit);
  }
}

const seq = fc.nat({ max: 2 });
const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      what: fc.constant('deliver' as const),
      seq,
      attempt: fc.constantFrom(1, 1, 2, 2, 3),
    }),
  },
  { weight: 4, arbitrary: fc.record({ what: fc.constant('read' as const), seq }) },
  {
    weight: 3,
    arbitrary: fc.record({
      what: fc.constant('settle' as const),
      seq,
      how: fc.constantFrom('requeue', 'acknowledge'),
      outcome: fc.constantFrom('ok', 'fail', 'unknown'),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      what: fc.constant('move' as const),
      seq,
      cause: fc.constantFrom('missing', 'attempts', 'attempts', 'rejected'),
      attempt: fc.constantFrom(1, 2, 3),
    }),
  },
);

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function build(
  steps: readonly Step[],
  drained: readonly number[],
  hasReader: boolean,
): HistoryBuilder {
  const history = new HistoryBuilder().sendAll(0, 3);
  for (const one of steps) {
    if (one.what === 'deliver') history.deliver(0, one.seq, { attempt: one.attempt });
    else if (one.what === 'settle') history.settle(0, one.seq, one.how, one.outcome);
    else if (one.what === 'read') {
      if (hasReader) history.deliver(0, one.seq, { group: 1, to: { actor: 9, session: 90 } });
    } else {
      const { cause, attempt } = one;
      const detail = DeadLetterCause[cause];
      history.add({
        kind: EventKind.deadLettered,
        group: 0,
        lane: 0,
        seq: one.seq,
        detail,
        attempt,
      });
    }
  }
  for (const group of drained) if (group === 0 || hasReader) history.drained(group);
  return history;
}

describe('the checks of dead letters', () => {
  it.each([
    ['with a reader of dead letters', 0, ['Q1', 'Q2', 'Q3', 'Q4', 'Q5']],
    ['without one', 1, ['Q7', 'Q3']],
  ] as const)('agree with the naive oracle on every small history %s', (_what, cell, ids) => {
    const seen = new Map<CheckId, number>();
    const facts = cells[cell] ?? {};
    const history = fc
      .tuple(
        fc.array(step, { minLength: 2, maxLength: 25, size: 'max' }),
        fc.constantFrom([0, 1], [0, 1], [0], []),
      )
      .map(([steps, drained]) => build(steps, drained, cell === 0));
    fc.assert(
      fc.property(history, (of) => {
        const judgement = judge(of, facts);
        const actual = ids.map((id): [CheckId, Tally] => {
          const result = resultOf(judgement, id);
          if (result.status !== 'decided') return [id, 'undecided'];
          if (result.count > 0) seen.set(id, (seen.get(id) ?? 0) + 1);
          return [id, { count: result.count, possible: result.possible }];
        });
        const expected = new NaiveDeadLetters(of.events, cell === 0).judge();
        expect(Object.fromEntries(actual)).toEqual(expected);
      }),
      { numRuns: 1_000, seed: 20_261_123 },
    );
    for (const id of ids) expect([id, (seen.get(id) ?? 0) >= 10]).toEqual([id, true]);
  });
});
