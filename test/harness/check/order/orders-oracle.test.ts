import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CheckId } from '../../../../harness/core/anomalies.ts';
import { EventKind, type EventRecord, Flag, OutcomeCode } from '../../../../harness/core/events.ts';
import { plainGroup } from '../../../../harness/core/facts.ts';
import { historyOf, type HistoryBuilder, judge, resultOf } from '../history-of.ts';
import { has, idOf, isFlagged } from '../naive-history.ts';

/** Two sessions of each of two groups. */
const readers = [
  { actor: 2, session: 20, group: 0 },
  { actor: 3, session: 30, group: 0 },
  { actor: 4, session: 40, group: 1 },
  { actor: 5, session: 50, group: 1 },
] as const;
const lanes = 3;
const perLane = 2;

const place = fc.tuple(fc.nat({ max: 2 }), fc.nat({ max: 3 }));
const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      reader: fc.oneof(
        { weight: 3, arbitrary: fc.constantFrom(readers[0], readers[2]) },
        { weight: 1, arbitrary: fc.constantFrom(readers[1], readers[3]) },
      ),
      lane: fc.nat({ max: lanes - 1 }),
      seq: fc.nat({ max: perLane - 1 }),
      at: place,
      agoNs: fc.constantFrom(undefined, 0, 2_500),
      redelivered: fc.constantFrom(undefined, undefined, undefined, true),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      split: fc.constantFrom([0, 1] as const, [0, 2] as const, [1, 2] as const),
      end: fc.nat({ max: 3 }),
    }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function play(steps: readonly Step[], sendPlaces: readonly (readonly [number, number])[]) {
  const history = historyOf();
  for (const { group, ...to } of readers) history.open(to, group);
  for (let seq = 0; seq < perLane; seq += 1) {
    for (let lane = 0; lane < lanes; lane += 1) {
      history.send(lane, seq, 'ok', sendPlaces[seq * lanes + lane]);
    }
  }
  for (const one of steps) {
    if ('split' in one) {
      const [parent, child] = one.split;
      const { end } = one;
      history.add({ kind: EventKind.scopeSplit, scope: parent, ref: child, positionMajor: end });
      continue;
    }
    const { group, ...to } = one.reader;
    history.deliver(one.lane, one.seq, {
      to,
      group,
      at: one.at,
      ...(one.agoNs === undefined ? {} : { requestedNs: history.nowNs - one.agoNs }),
      ...(one.redelivered === undefined ? {} : { redelivered: one.redelivered }),
    });
  }
  return history;
}

const histories = fc
  .tuple(
    fc.array(step, { minLength: 2, maxLength: 18, size: 'max' }),
    fc.array(place, { minLength: lanes * perLane, maxLength: lanes * perLane }),
  )
  .map(([steps, places]): HistoryBuilder => play(steps, places));

/** Positions at which two messages were observed. */
function conflicts(events: readonly EventRecord[]): number {
  const seen = events.filter(
    (event) =>
      has(event, Flag.placed) &&
      (event.kind === EventKind.deliver ||
        (event.kind === EventKind.sendSettled && event.outcome === OutcomeCode.ok)),
  );
  const placeOf = ({ scope, positionMajor }: EventRecord): string => `${scope}/${positionMajor}`;
  const places = [...new Set(seen.map(placeOf))];
  return places.filter(
    (of) => new Set(seen.filter((event) => placeOf(event) === of).map(idOf)).size > 1,
  ).length;
}

/** First deliveries to a group that were not called redeliveries, in their order. */
function firsts(events: readonly EventRecord[], group: number): readonly EventRecord[] {
  const all = events.filter((event) => event.kind === EventKind.deliver && event.group === group);
  return all.filter(
    (event, at) =>
      !isFlagged(event) && !all.slice(0, at).some((other) => idOf(other) === idOf(event)),
  );
}

interface Inversions {
  /** Of a message and a group that had had it: another was had by both, in the other order. */
  readonly all: number;
  /** With both messages in one session of each group. */
  readonly certain: number;
}

function inversions(events: readonly EventRecord[]): Inversions {
  const orders = [firsts(events, 0), firsts(events, 1)] as const;
  let all = 0;
  let certain = 0;
  for (const [group, own] of orders.entries()) {
    for (const [at, event] of own.entries()) {
      const other = (orders[1 - group] ?? []).filter(({ timeNs }) => timeNs < event.timeNs);
      const there = other.findIndex((one) => idOf(one) === idOf(event));
      if (there < 0) continue;
      const inverted = own.slice(0, at).filter((before) => {
        const index = other.findIndex((one) => idOf(one) === idOf(before));
        return index > there;
      });
      if (inverted.length > 0) all += 1;
      const isCertain = inverted.some((before) => {
        const theirs = other.find((one) => idOf(one) === idOf(before));
        return before.session === event.session && theirs?.session === other[there]?.session;
      });
      if (isCertain) certain += 1;
    }
  }
  return { all, certain };
}

/** Records of a parent, below its end, that a group had first after it had had one of the child. */
function lateParents(events: readonly EventRecord[]): { count: number; possible: number } {
  const found = { count: 0, possible: 0 };
  for (const event of [...firsts(events, 0), ...firsts(events, 1)]) {
    const before = events.slice(0, events.indexOf(event));
    const begun = before
      .filter((one) => one.kind === EventKind.scopeSplit && one.scope === event.scope)
      .filter(({ positionMajor }) => event.positionMajor < positionMajor)
      .flatMap(({ ref: child }) => {
        const first = before.find(
          (one) =>
            one.kind === EventKind.deliver && one.group === event.group && one.scope === child,
        );
        return first === undefined ? [] : [first];
      });
    const isAfter = (first: EventRecord): boolean =>
      first.session === event.session || (has(event, Flag.pulled) && event.auxNs >= first.timeNs);
    if (begun.some(isAfter)) found.count += 1;
    else if (begun.length > 0) found.possible += 1;
  }
  return found;
}

describe('O1, O7 and O10', () => {
  it('agree with the naive oracle on every small history', () => {
    const seen = new Map<CheckId, number>();
    const facts = { groups: [plainGroup, plainGroup], oneOrder: true, placed: true };
    fc.assert(
      fc.property(histories, ({ events }) => {
        const history = historyOf();
        history.events.push(...events);
        const judgement = judge(history, facts);
        const counted = (id: CheckId): { count: number; possible: number } => {
          const result = resultOf(judgement, id);
          if (result.status !== 'decided') throw new Error(`${id} is ${result.status}`);
          if (result.count > 0) seen.set(id, (seen.get(id) ?? 0) + 1);
          return { count: result.count, possible: result.possible };
        };
        expect(counted('O1').count, 'O1').toBe(conflicts(events));
        expect(counted('O10'), 'O10').toEqual(lateParents(events));
        const inverted = inversions(events);
        const { count, possible } = counted('O7');
        expect(count + possible, 'O7').toBe(inverted.all);
        // Of several inversions of a message the streaming check looks at the furthest alone.
        expect(count, 'O7').toBeLessThanOrEqual(inverted.certain);
        if (inverted.certain === inverted.all && new Set(events.map((e) => e.session)).size < 3) {
          expect(possible, 'O7').toBe(0);
        }
      }),
      { numRuns: 1_500, seed: 20_261_127 },
    );
    for (const id of ['O1', 'O7', 'O10'] as const) {
      expect([id, (seen.get(id) ?? 0) >= 50]).toEqual([id, true]);
    }
  });
});
