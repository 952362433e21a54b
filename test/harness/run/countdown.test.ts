import { describe, expect, it } from 'vitest';
import {
  emptyEvent,
  EventKind,
  type EventRecord,
  Flag,
  OutcomeCode,
} from '../../../harness/core/events.ts';
import { Countdown } from '../../../harness/run/countdown.ts';

const placed = (timeNs: number, scope: number, positionMajor: number): EventRecord => ({
  ...emptyEvent(),
  timeNs,
  scope,
  positionMajor,
  group: 0,
  flags: Flag.placed,
});
const stored = (timeNs: number, scope: number, position: number): EventRecord => ({
  ...placed(timeNs, scope, position),
  kind: EventKind.sendSettled,
  outcome: OutcomeCode.ok,
});
const delivered = (timeNs: number, scope: number, position: number): EventRecord => ({
  ...placed(timeNs, scope, position),
  kind: EventKind.deliver,
});

/** One message every 10 ms, of which nobody reads any, and so many are kept. */
function unread(kept: number, until: number, scope = 0): readonly EventRecord[] {
  const sends = Array.from({ length: until }, (_, at) => stored(at * 10e6, scope, at));
  return [...sends, delivered(until * 10e6, scope, until - kept)];
}

function countdownOf(events: readonly EventRecord[]): ReturnType<Countdown['record']> {
  const countdown = new Countdown();
  for (const event of events) countdown.observe(event);
  return countdown.record();
}

describe('a countdown to what is removed unread', () => {
  it('ends when more is unread than was left, and says what each alert left before', () => {
    // The 201st message is one too many: it is stored at 2,000 ms, half of it was at 990 ms, nine tenths at 1,790.
    expect(countdownOf(unread(200, 300))).toEqual({
      skipped: 100,
      first: {
        scope: 0,
        atNs: 2_000e6,
        kept: 200,
        leftByHalfNs: 1_010e6,
        leftByNineTenthsNs: 210e6,
        // 100 a second: a hundred before it is full.
        leftByGrowthNs: 1_010e6,
      },
    });
  });

  it('is of the scope in which it happens first', () => {
    const events = [...unread(200, 300), ...unread(50, 300, 1)];
    expect(countdownOf(events).first).toMatchObject({ scope: 1, kept: 50 });
    expect(countdownOf(events).skipped).toBe(350);
  });

  it('does not begin where everything is there when it is read', () => {
    const sends = Array.from({ length: 50 }, (_, at) => stored(at * 10e6, 0, at));
    const reads = Array.from({ length: 50 }, (_, at) => delivered(600e6 + at, 0, at));
    expect(countdownOf([...sends, ...reads, delivered(700e6, 0, 20)])).toEqual({
      skipped: 0,
      first: null,
    });
  });

  it('foresees nothing of what grows slower than it can be full in a second', () => {
    // A message every 100 ms: ten of twenty in a second, so that half is as good as a second’s sight.
    const sends = Array.from({ length: 40 }, (_, at) => stored(at * 100e6, 0, at));
    const { first } = countdownOf([...sends, delivered(4_100e6, 0, 20)]);
    expect(first).toMatchObject({ kept: 20, leftByHalfNs: 1_100e6, leftByGrowthNs: 1_100e6 });
  });
});
