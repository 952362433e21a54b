import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CheckResult } from '../../../../harness/check/check.ts';
import { createJudge } from '../../../../harness/check/judge.ts';
import {
  TwoAtOnePosition,
  twoAtOnePosition,
} from '../../../../harness/check/order/o1-two-at-one-position.ts';
import {
  emptyEvent,
  EventKind,
  type EventRecord,
  Flag,
  OutcomeCode,
} from '../../../../harness/core/events.ts';
import { type CellFacts, plainFacts, plainGroup } from '../../../../harness/core/facts.ts';
import { consumerA, consumerB, HistoryBuilder, historyOf, producer } from '../history-of.ts';

const facts: CellFacts = { ...plainFacts, placed: true, groups: [plainGroup, plainGroup] };
const lanes = { first: 0, count: 4, ordered: true, actor: producer, route: -1 };

interface Judged {
  readonly streamed: CheckResult;
  readonly resolved: CheckResult;
}

function judged({ events }: HistoryBuilder, bounds = {}): Judged {
  const judge = createJudge(facts, {
    checks: [
      { ...twoAtOnePosition, create: (state, seed) => new TwoAtOnePosition(state, seed, bounds) },
    ],
  });
  judge.addLanes(lanes);
  const reused = emptyEvent();
  for (const event of events) judge.fold(Object.assign(reused, event));
  const judgement = judge.finish();
  const again = judge.resolve(judgement, (visit) => {
    for (const event of events) visit(Object.assign(reused, event));
  });
  const [streamed] = judgement.results;
  const [resolved] = again.results;
  if (streamed === undefined || resolved === undefined) throw new Error('no result');
  return { streamed, resolved };
}

const second = { to: consumerB, group: 1 };
const tiny = { windowSlots: 1 };

describe('O1 two messages at one position', () => {
  const sent = () => historyOf().send(0, 0).send(0, 1).send(1, 0);

  it('finds another message, whoever observes it', () => {
    const byReaders = sent()
      .deliver(0, 0, { at: [0, 5] })
      .deliver(1, 0, { ...second, at: [0, 5] });
    expect(judged(byReaders).streamed).toMatchObject({ count: 1, classes: { delivered: 1 } });
    const byAnswers = historyOf().send(0, 0, 'ok', [0, 5]).send(1, 0, 'ok', [0, 5]);
    expect(judged(byAnswers).streamed).toMatchObject({ count: 1, classes: { answered: 1 } });
    const byBoth = historyOf()
      .send(0, 0, 'ok', [0, 5])
      .send(1, 0)
      .deliver(1, 0, { at: [0, 5] });
    expect(judged(byBoth).streamed).toMatchObject({ count: 1, exposure: 1 });
  });

  it('counts positions, not observations', () => {
    const history = sent().deliver(0, 0, { at: [0, 5] });
    history.deliver(1, 0, { at: [0, 5] }).deliver(0, 1, { ...second, at: [0, 5] });
    expect(judged(history).streamed).toMatchObject({ count: 1 });
  });

  it('accepts one message at two positions, and one position in two scopes', () => {
    const history = sent().deliver(0, 0, { at: [0, 5] });
    history.deliver(0, 0, { at: [0, 6] }).deliver(1, 0, { at: [1, 5] });
    expect(judged(history).streamed).toMatchObject({ count: 0, possible: 0 });
  });

  it('looks at both parts of a position', () => {
    const history = sent();
    for (const [lane, positionMinor] of [
      [0, 1],
      [1, 2],
      [1, 1],
    ] as const) {
      history.add({
        kind: EventKind.deliver,
        ...consumerA,
        group: 0,
        lane,
        seq: 0,
        flags: Flag.placed,
        positionMajor: 3,
        positionMinor,
      });
    }
    expect(judged(history).streamed).toMatchObject({ count: 1 });
    expect(judged(history, tiny).resolved).toMatchObject({ count: 1 });
  });

  it('takes no word of refused sends, of other runs and of other groups', () => {
    const history = sent().deliver(0, 0, { at: [0, 5] });
    history.invoke(1, 1).settled(1, 1, 'fail', [0, 5]);
    history.deliver(99, 0, { at: [0, 5] }).deliver(1, 7, { at: [0, 5] });
    history.deliver(1, 0, { group: 9, at: [0, 5] });
    expect(judged(history).streamed).toMatchObject({ count: 0 });
  });
});

/** Both groups read everything; the second one gets `wrong` for the message at position 1. */
function readTwice(wrong: readonly [lane: number, seq: number] | undefined, missing = -1) {
  const history = historyOf();
  for (let seq = 0; seq < 6; seq += 1) history.send(0, seq);
  history.send(1, 0);
  for (let seq = 0; seq < 6; seq += 1) history.deliver(0, seq, { at: [0, seq] });
  for (let seq = 0; seq < 6; seq += 1) {
    if (seq === missing) continue;
    const [lane, of] = seq === 1 ? (wrong ?? [0, 1]) : [0, seq];
    history.deliver(lane, of, { ...second, at: [0, seq] });
  }
  return history;
}

describe('O1 beyond its window', () => {
  it('is told by sums where a reader has seen the whole block', () => {
    expect(judged(readTwice(undefined), tiny).streamed).toMatchObject({ count: 0, possible: 0 });
    const { streamed, resolved } = judged(readTwice([1, 0]), tiny);
    expect(streamed).toMatchObject({
      count: 1,
      classes: { 'in a block': 1 },
      culprits: [{ about: 'scope', scope: 0 }],
    });
    expect(resolved).toMatchObject({ count: 1, classes: { delivered: 1 } });
  });

  it('is undecided where a reader has seen a part, until the history is shown again', () => {
    const clean = judged(readTwice(undefined, 4), tiny);
    expect(clean.streamed).toMatchObject({
      status: 'undecided',
      reason: 'messages at scope 0, positions 0 to 65535 were no longer remembered',
    });
    expect(clean.resolved).toMatchObject({ status: 'decided', count: 0 });
    const broken = judged(readTwice([1, 0], 4), tiny);
    expect(broken.streamed.status).toBe('undecided');
    expect(broken.resolved).toMatchObject({ count: 1, culprits: [{ lane: 1, seq: 0 }] });
  });

  it('is found by a reader to whom a second message comes for the first time', () => {
    const history = readTwice(undefined).deliver(1, 0, { at: [0, 2] });
    expect(judged(history, tiny).streamed).toMatchObject({ count: 1, classes: { delivered: 1 } });
  });

  it('is not left open by what is read again where it was', () => {
    const history = readTwice(undefined);
    for (let seq = 0; seq < 6; seq += 1) history.deliver(0, seq, { at: [0, seq] });
    expect(judged(history, tiny).streamed).toMatchObject({ count: 0, possible: 0 });
  });

  it('is undecided where there is no room for positions', () => {
    const { streamed } = judged(readTwice(undefined), { windowSlots: 1, positionPages: 0 });
    expect(streamed).toMatchObject({
      status: 'undecided',
      reason: '12 observations were beyond the bounds of memory',
    });
  });
});

const observation = fc.record({
  lane: fc.nat({ max: 1 }),
  seq: fc.nat({ max: 2 }),
  by: fc.constantFrom('send' as const, 0, 0, 1, 1),
  /** Mostly where the message belongs. */
  at: fc.option(fc.tuple(fc.nat({ max: 1 }), fc.nat({ max: 5 })), { freq: 6, nil: undefined }),
});

const histories = fc
  .array(observation, { minLength: 4, maxLength: 30, size: 'max' })
  .map((observations) => {
    const history = new HistoryBuilder();
    for (const lane of [0, 1]) for (const seq of [0, 1, 2]) history.invoke(lane, seq);
    for (const { lane, seq, by, at = [0, seq * 2 + lane] as const } of observations) {
      if (by === 'send') history.invoke(lane, seq, 2).settled(lane, seq, 'ok', at);
      else history.deliver(lane, seq, { to: by === 0 ? consumerA : consumerB, group: by, at });
    }
    return history;
  });

/** Positions at which there was more than one message. */
function naive(events: readonly EventRecord[]): number {
  const placed = events.filter(
    ({ kind, flags, outcome }) =>
      (flags & Flag.placed) !== 0 &&
      (kind === EventKind.deliver ||
        (kind === EventKind.sendSettled && outcome === OutcomeCode.ok)),
  );
  const messages = new Map<string, Set<string>>();
  for (const { scope, positionMajor, lane, seq } of placed) {
    const place = `${scope}:${positionMajor}`;
    messages.set(place, (messages.get(place) ?? new Set()).add(`${lane}:${seq}`));
  }
  return [...messages.values()].filter(({ size }) => size > 1).length;
}

describe('O1 on every small history', () => {
  const countOf = (result: CheckResult): number | 'undecided' =>
    result.status === 'decided' ? result.count : 'undecided';

  it('agrees with the naive count, within its window and beyond it after a second look', () => {
    let found = 0;
    fc.assert(
      fc.property(histories, (history) => {
        const expected = naive(history.events);
        if (expected > 0) found += 1;
        expect(countOf(judged(history).streamed)).toBe(expected);
        expect(countOf(judged(history, tiny).resolved)).toBe(expected);
      }),
      { numRuns: 1_000, seed: 20_261_123 },
    );
    expect(found).toBeGreaterThan(10);
  });

  it('neither invents nor passes over anything beyond its window', () => {
    const seen = { undecided: 0, clean: 0, broken: 0 };
    fc.assert(
      fc.property(histories, (history) => {
        const expected = naive(history.events);
        const count = countOf(judged(history, tiny).streamed);
        if (count === 'undecided') seen.undecided += 1;
        else if (count === 0) seen.clean += 1;
        else seen.broken += 1;
        if (count === 'undecided') return;
        expect(count > 0).toBe(expected > 0);
        expect(count).toBeLessThanOrEqual(expected);
      }),
      { numRuns: 1_000, seed: 20_261_124 },
    );
    expect(Math.min(seen.undecided, seen.clean, seen.broken)).toBeGreaterThan(10);
  });
});
