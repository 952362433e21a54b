import { describe, expect, it } from 'vitest';
import {
  emptyEvent,
  EventKind,
  type EventRecord,
  Flag,
  OutcomeCode,
} from '../../../harness/core/events.ts';
import { mostReadingRows } from '../../../harness/record/reading-schema.ts';
import { Reading } from '../../../harness/run/reading.ts';

const event = (kind: EventKind, more: Partial<EventRecord>): EventRecord => ({
  ...emptyEvent(),
  kind,
  group: 0,
  ...more,
});
const delivered = (actor: number, scope = 0, positionMajor = 0): EventRecord =>
  event(EventKind.deliver, { actor, scope, positionMajor, flags: Flag.placed });
const processed = (actor: number): EventRecord => event(EventKind.processDone, { actor });
const stored = (scope: number, positionMajor: number): EventRecord =>
  event(EventKind.sendSettled, {
    outcome: OutcomeCode.ok,
    scope,
    positionMajor,
    flags: Flag.placed,
  });

function readingOf(...events: readonly EventRecord[]): Reading {
  const reading = new Reading();
  for (const one of events) reading.observe(one);
  return reading;
}

const two = [
  { actor: 1, name: 'one' },
  { actor: 2, name: 'two' },
];

describe('what a consumer has in its hands', () => {
  it('is what it got and has not processed, at the worst of all instants', () => {
    const reading = readingOf(
      delivered(1),
      delivered(1),
      processed(1),
      delivered(1),
      delivered(1),
      processed(1),
    );
    expect(reading.record(two, { isDense: true }).consumers).toEqual([
      { name: 'one', delivered: 4, mostHeld: 3 },
      { name: 'two', delivered: 0, mostHeld: 0 },
    ]);
  });

  it.each([EventKind.sessionClosed, EventKind.crashed])(
    'is nothing any more when its session is gone (event %i)',
    (kind) => {
      const gone = event(kind, { actor: 1 });
      const reading = readingOf(delivered(1), delivered(1), gone, delivered(1));
      expect(reading.record(two, { isDense: true }).consumers[0]).toMatchObject({
        delivered: 3,
        mostHeld: 2,
      });
    },
  );

  it('is not less than nothing when what a gone session left is processed later', () => {
    const gone = event(EventKind.sessionClosed, { actor: 1 });
    const reading = readingOf(delivered(1), gone, processed(1), delivered(1), delivered(1));
    expect(reading.record(two, { isDense: true }).consumers[0]).toMatchObject({ mostHeld: 2 });
  });

  it('has nothing to do with another subscription', () => {
    const reading = readingOf(delivered(1), { ...delivered(1), group: 1 });
    expect(reading.record(two, { isDense: true }).consumers[0]).toMatchObject({
      delivered: 1,
      mostHeld: 1,
    });
  });
});

describe('how far a scope is behind', () => {
  it('is from the furthest delivery to the end, at the worst of all instants', () => {
    const reading = readingOf(
      stored(0, 0),
      stored(0, 1),
      delivered(1, 0, 1),
      stored(0, 2),
      stored(1, 0),
      stored(1, 1),
      stored(1, 2),
      // Again, from further back: it was read already.
      delivered(1, 1, 2),
      delivered(1, 1, 0),
      stored(1, 3),
    );
    expect(reading.record(two, { isDense: true }).scopes).toEqual([
      { scope: 0, stored: 3, mostUnread: 2 },
      { scope: 1, stored: 4, mostUnread: 3 },
    ]);
  });

  it('is not told where nothing says a place, or nothing was acknowledged', () => {
    const unplaced = { ...stored(0, 5), flags: 0 };
    const failed = { ...stored(0, 5), outcome: OutcomeCode.fail };
    expect(readingOf(unplaced, failed, delivered(1)).record(two, { isDense: true }).scopes).toEqual(
      [],
    );
  });
});

it('says of how many rows it shows some', () => {
  const many = Array.from({ length: mostReadingRows + 1 }, (_, scope) => stored(scope, 0));
  const record = readingOf(...many).record([], { isDense: true });
  expect(record.scopes).toHaveLength(mostReadingRows);
  expect(record.scopesTotal).toBe(mostReadingRows + 1);
});

it('counts the keys that have messages in several scopes', () => {
  const of = (lane: number, scope: number): EventRecord => ({ ...stored(scope, 0), lane });
  const reading = readingOf(of(0, 0), of(0, 0), of(1, 0), of(1, 1), of(1, 0), of(2, 1));
  expect(reading.record([], { isDense: true }).keys).toEqual({ stored: 3, inSeveral: 1 });
});
