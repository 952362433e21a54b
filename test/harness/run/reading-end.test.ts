import { describe, expect, it } from 'vitest';
import { isRead, type Placed, readingEndOf } from '../../../harness/run/reading-end.ts';

const at = (scope: number, major: number): Placed => ({ scope, position: { major, minor: 0 } });
const endAt = (scope: number, major: number) => ({ scope, end: { major, minor: 0 } });
const alone = { isShared: false, mustCome: true };
const hour = 3_600_000;

describe('the end of a reading', () => {
  const log = readingEndOf({ by: 'end-position', ends: [endAt(0, 2), endAt(1, 1)] }, alone);
  const queue = readingEndOf(
    { by: 'exact-depth', ready: 2, inFlight: 0 },
    { isShared: true, mustCome: true },
  );

  it('is where each scope ends', () => {
    expect(isRead(log, [at(0, 0), at(0, 1)], 0)).toBe(false);
    expect(isRead(log, [at(0, 0), at(1, 0), at(0, 1)], 0)).toBe(true);
  });

  it('is at the depth of a queue', () => {
    expect(isRead(queue, [at(0, 0)], 0)).toBe(false);
    expect(isRead(queue, [at(0, 0), at(0, 1)], 0)).toBe(true);
  });

  it.each([
    ['a log', log],
    ['a queue', queue],
  ])('is not told by silence before the first copy of %s that has something', (_, end) => {
    expect(isRead(end, [], hour)).toBe(false);
  });

  it('is told by a long silence after it, because control records may stand at the end', () => {
    expect(isRead(log, [at(0, 0)], 5_001)).toBe(false);
    expect(isRead(log, [at(0, 0)], 10_001)).toBe(true);
    expect(isRead(queue, [at(0, 0)], 10_001)).toBe(true);
  });

  it('is told by silence where a queue has nothing and nothing has to come', () => {
    const none = { by: 'exact-depth', ready: 0, inFlight: 0 } as const;
    const end = readingEndOf(none, { isShared: true, mustCome: false });
    expect(isRead(end, [], 5_000)).toBe(false);
    expect(isRead(end, [], 5_001)).toBe(true);
  });

  it.each([
    ['the depth is of another group', { by: 'exact-depth', ready: 2, inFlight: 0 }],
    ['nothing says how much there is', { by: 'quiescence' }],
    ['no scope ever held anything', { by: 'end-position', ends: [] }],
  ] as const)('is told by silence after the first copy where %s', (_, backlog) => {
    const end = readingEndOf(backlog, alone);
    expect(isRead(end, [], hour)).toBe(false);
    expect(isRead(end, [at(0, 0), at(0, 1)], 0)).toBe(false);
    expect(isRead(end, [at(0, 0)], 5_001)).toBe(true);
  });
});
