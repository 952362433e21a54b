import { describe, expect, it } from 'vitest';
import { EventKind, type EventRecord } from '../../../harness/core/events.ts';
import { readHistory } from '../../../harness/history/reader.ts';
import { idsFound, judgeLines } from '../check/judge-lines.ts';
import { lines, sent } from './lines-of.ts';

function eventsOf(...events: readonly object[]): readonly EventRecord[] {
  const { disk } = judgeLines(lines(...events));
  const read: EventRecord[] = [];
  readHistory('scratch', disk, (event) => read.push({ ...event }));
  return read;
}

function found(...events: readonly object[]): readonly string[] {
  const { judgement, problems } = judgeLines(lines(...events));
  expect(problems.malformed).toBe(0);
  expect(judgement.irregularities).toEqual([]);
  return idsFound(judgement);
}

type More = Readonly<Record<string, unknown>>;

function delivery(timeMs: number, group: string, seq: number, more: More = {}): object {
  return { timeMs, kind: 'deliver', actor: 'c', group, lane: 'a', seq, ...more };
}

const drained = ['g', 'h'].map((group) => ({ timeMs: 90, kind: 'drain.complete', group }));

describe('a consumer of two groups, whose history names no session,', () => {
  it('reads each of them in its own order', () => {
    const flag = { redelivered: false };
    const read = [0, 1, 2].map((seq) => delivery(10 + seq, 'g', seq, flag));
    const other = { actor: 'd', ...flag };
    // Between two consumers of the other group nobody knows the order.
    const shared = [
      delivery(20, 'h', 1, other),
      delivery(21, 'h', 0, flag),
      delivery(22, 'h', 2, other),
    ];
    const sends = [0, 1, 2].flatMap((seq) => sent(1 + seq, 'a', seq));
    expect(found(...sends, ...read, ...shared, ...drained)).toEqual([]);
    const swapped = [delivery(20, 'h', 1), delivery(21, 'h', 0), delivery(22, 'h', 2)];
    expect(found(...sends, ...read, ...swapped, ...drained)).toEqual(['O2']);
  });

  it('leaves what it held in both when it dies', () => {
    const taken = [delivery(3, 'g', 0), delivery(4, 'h', 0)];
    const again = ['g', 'h'].map((group) => delivery(10, group, 0, { actor: 'd' }));
    const crash = { timeMs: 5, kind: 'crash', actor: 'c' };
    const { judgement } = judgeLines(
      lines(...sent(1, 'a', 0), ...taken, crash, ...again, ...drained),
    );
    const result = judgement.results.find(({ check }) => check === 'D5');
    expect(result).toMatchObject({ count: 0, possible: 0 });
  });
});

describe('a named session', () => {
  const opened = (more: More) => ({ kind: 'session.opened', actor: 'c', session: 's', ...more });
  const closed = { timeMs: 9, kind: 'session.closed', actor: 'c', session: 's' };
  const inSession = { session: 's' };
  const both = [delivery(3, 'g', 0, inSession), delivery(4, 'h', 0, inSession)];

  it('is another in each group, and ends in all of them by a line without a group', () => {
    const events = eventsOf(...sent(1, 'a', 0), ...both, closed);
    const [inG, inH] = events
      .filter(({ kind }) => kind === EventKind.deliver)
      .map(({ session }) => session);
    expect(inG).not.toBe(inH);
    const ends = events.filter(({ kind }) => kind === EventKind.sessionClosed);
    expect(ends.map(({ session }) => session)).toEqual([inG, inH]);
  });

  it('has a limit for each group that it was opened for', () => {
    const limits = ['g', 'h'].map((group) => opened({ timeMs: 2, group, limit: 1 }));
    expect(found(...sent(1, 'a', 0), ...limits, ...both, ...drained)).toEqual([]);
  });

  it('is one and the same in all groups when it was opened for none', () => {
    const joint = opened({ timeMs: 2, limit: 1 });
    expect(found(...sent(1, 'a', 0), joint, ...both, ...drained)).toEqual(['V8']);
    const numbers = eventsOf(...sent(1, 'a', 0), joint, ...both, closed)
      .map(({ session }) => session)
      .filter((session) => session > 0);
    expect(new Set(numbers).size).toBe(1);
    expect(numbers).toHaveLength(4);
  });
});
