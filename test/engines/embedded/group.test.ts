import { describe, expect, test } from 'vitest';
import { PlayedGroup, rebalanceTimeoutMs, sessionTimeoutMs } from './played-group.ts';

describe('what a member that joins costs the others', () => {
  test('eager: all of them give up everything', () => {
    const played = new PlayedGroup('eager');
    const [a, b] = [played.join(), played.join()];
    played.settle();
    expect([played.shareOf(a), played.shareOf(b)]).toEqual([
      [0, 1, 2],
      [3, 4, 5],
    ]);
    const c = played.join();
    expect(played.asked.get(a)).toEqual([[0, 1, 2]]);
    expect(played.asked.get(b)).toEqual([[3, 4, 5]]);
    expect(played.kindsTold(c)).toEqual([]);
    played.settle();
    expect([a, b, c].map((session) => played.shareOf(session))).toEqual([
      [0, 1],
      [2, 3],
      [4, 5],
    ]);
  });

  test('cooperative: only what moves is given up, and only who gets something hears of it', () => {
    const played = new PlayedGroup('cooperative');
    const [a, b] = [played.join(), played.join()];
    played.settle();
    const before = played.events.get(a)?.length ?? 0;
    const c = played.join();
    expect(played.asked.get(a)).toEqual([[2]]);
    expect(played.asked.get(b)).toEqual([[5]]);
    played.giveUp(b);
    expect(played.shareOf(c)).toEqual([5]);
    played.giveUp(a);
    expect(played.shareOf(c)).toEqual([2, 5]);
    expect(played.kindsTold(a).slice(before)).toEqual(['revoke']);
  });

  test('cooperative: what a member leaves goes to those who have least, and nobody gives up anything', () => {
    const played = new PlayedGroup('cooperative', 7);
    const [a, b, c] = [played.join(), played.join(), played.join()];
    played.settle();
    const before = [a, c].map((session) => played.kindsTold(session).length);
    played.end(b, 'disconnected');
    const after = [a, c].map((session, at) => played.kindsTold(session).slice(before[at]));
    expect(after.flat()).not.toContain('revoke');
    expect(
      [a, c].flatMap((session) => played.shareOf(session)).sort((one, other) => one - other),
    ).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });
});

describe('a static member', () => {
  test.each(['eager', 'cooperative'] as const)(
    '%s: gets back what it had, and nobody else hears of it',
    (protocol) => {
      const played = new PlayedGroup(protocol);
      const [a, b] = [played.join('one'), played.join('two')];
      played.settle();
      const had = played.shareOf(a);
      const heard = played.kindsTold(b).length;
      played.end(a, 'disconnected');
      played.wait(sessionTimeoutMs - 200);
      const again = played.join('one');
      expect(played.shareOf(again)).toEqual(had);
      expect(played.kindsTold(b)).toHaveLength(heard);
    },
  );

  test('that stays away for its session timeout loses its place', () => {
    const played = new PlayedGroup('cooperative');
    const [a, b] = [played.join('one'), played.join('two')];
    played.settle();
    played.end(a, 'disconnected');
    played.wait(sessionTimeoutMs - 100);
    expect(played.shareOf(b)).toHaveLength(3);
    played.wait(100);
    expect(played.shareOf(b)).toHaveLength(6);
  });

  test('that leaves in good order loses its place at once', () => {
    const played = new PlayedGroup('cooperative');
    const [a, b] = [played.join('one'), played.join('two')];
    played.settle();
    played.end(a, 'leave');
    expect(played.shareOf(b)).toHaveLength(6);
  });

  test('fences the connection that still has its instance id, whose commits are refused from then on', () => {
    const played = new PlayedGroup('eager');
    const a = played.join('one');
    const before = played.generation;
    const again = played.join('one');
    expect(played.kindsTold(a)).toEqual(['assign', 'fenced']);
    const offsets = [{ partition: 0, offset: 5 }];
    expect(played.group.checkCommit(a, before, offsets, 0)).toBe('not-a-member');
    expect(played.group.checkCommit(again, before, offsets, 0)).toBe('stale-generation');
    expect(played.group.checkCommit(again, played.generation, offsets, 0)).toBe('ok');
  });

  test('holds up no rebalance while it is away, and gets its share of the next when it comes', () => {
    const played = new PlayedGroup('eager');
    const [a, b] = [played.join('one'), played.join()];
    played.settle();
    played.end(a, 'disconnected');
    const c = played.join();
    played.settle();
    expect(played.shareOf(b)).toHaveLength(2);
    expect(played.shareOf(c)).toHaveLength(2);
    const again = played.join('one');
    expect(played.shareOf(again)).toHaveLength(2);
  });

  test('whose return cannot be stored is a member like any other when it can', () => {
    const played = new PlayedGroup('cooperative');
    const [a, b] = [played.join('one'), played.join('two')];
    played.settle();
    played.end(a, 'disconnected');
    played.canStore = false;
    const again = played.join('one');
    expect(played.shareOf(again)).toEqual([]);
    played.canStore = true;
    played.wait(rebalanceTimeoutMs);
    expect(
      [...played.shareOf(again), ...played.shareOf(b)].sort((one, other) => one - other),
    ).toEqual([0, 1, 2, 3, 4, 5]);
  });
});

describe('a member that is connected and says nothing', () => {
  test('is removed after its session timeout, and whoever sends heartbeats is not', () => {
    const played = new PlayedGroup('cooperative');
    const [a, b] = [played.join(), played.join()];
    played.settle();
    played.wait(sessionTimeoutMs - 100, [b]);
    expect(played.kindsTold(a)).not.toContain('removed');
    played.wait(100, [b]);
    expect(played.kindsTold(a).at(-1)).toBe('removed');
    expect(played.shareOf(b)).toHaveLength(6);
    expect(played.group.heartbeat(a, played.nowMs)).toBe(false);
  });

  test('is heard by its commits too', () => {
    const played = new PlayedGroup('eager');
    const a = played.join();
    for (let commits = 0; commits < 5; commits += 1) {
      played.wait(sessionTimeoutMs - 100, []);
      const offsets = [{ partition: 0, offset: commits }];
      expect(played.group.checkCommit(a, 1, offsets, played.nowMs)).toBe('ok');
    }
  });

  test('is removed when it sends heartbeats and does not give up what it was asked for', () => {
    const played = new PlayedGroup('cooperative');
    const a = played.join();
    const b = played.join();
    played.wait(rebalanceTimeoutMs);
    expect(played.kindsTold(a).at(-1)).toBe('removed');
    expect(played.shareOf(b)).toHaveLength(6);
  });
});

describe('commits of a cooperative group', () => {
  test('count in any generation since the member got the partition, and not of one before', () => {
    const played = new PlayedGroup('cooperative', 4);
    const a = played.join();
    const b = played.join();
    played.settle();
    const check = (session: number, generation: number, partition: number): string =>
      played.group.checkCommit(session, generation, [{ partition, offset: 1 }], 0);
    expect(check(a, 1, 0)).toBe('ok');
    expect(check(a, played.generation, 0)).toBe('ok');
    expect(check(a, played.generation + 1, 0)).toBe('stale-generation');
    expect(check(a, 1, 3)).toBe('foreign-partition');
    expect(check(b, 1, 3)).toBe('stale-generation');
  });

  test('count while the partition is being given up', () => {
    const played = new PlayedGroup('cooperative', 4);
    const a = played.join();
    played.join();
    const offsets = [{ partition: 3, offset: 1 }];
    expect(played.group.checkCommit(a, 1, offsets, 0)).toBe('ok');
    played.giveUp(a);
    expect(played.group.checkCommit(a, 1, offsets, 0)).toBe('foreign-partition');
  });
});
