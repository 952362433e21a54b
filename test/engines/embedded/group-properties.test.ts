import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PlayedGroup } from './played-group.ts';

describe('whatever members do', () => {
  const acts = fc.array(
    fc.record({
      act: fc.constantFrom('join', 'static', 'give up', 'leave', 'disconnect', 'wait', 'storage'),
      which: fc.nat({ max: 5 }),
    }),
    { maxLength: 40 },
  );

  function play(played: PlayedGroup, { act, which }: { act: string; which: number }): void {
    const session = played.members[which % Math.max(1, played.members.length)] ?? 0;
    if (act === 'join') played.join();
    if (act === 'static') played.join(`instance ${which % 3}`);
    if (act === 'give up' && (played.asked.get(session)?.length ?? 0) > 0) played.giveUp(session);
    if (act === 'leave') played.end(session, 'leave');
    if (act === 'disconnect') played.end(session, 'disconnected');
    if (act === 'wait') played.wait(600);
    if (act === 'storage') played.canStore = !played.canStore;
  }

  test.each(['eager', 'cooperative'] as const)(
    '%s: no partition is ever two members’, and commits count of its one owner alone',
    (protocol) => {
      fc.assert(
        fc.property(acts, (all) => {
          const played = new PlayedGroup(protocol, 5);
          for (const one of all) {
            play(played, one);
            const owned = played.members.flatMap((session) => played.shareOf(session));
            expect(new Set(owned).size).toBe(owned.length);
            for (let partition = 0; partition < 5; partition += 1) {
              const offsets = [{ partition, offset: 1 }];
              const { generation, nowMs, group } = played;
              const may = [...played.events.keys()].filter(
                (session) => group.checkCommit(session, generation, offsets, nowMs) === 'ok',
              );
              const owners = played.members.filter((session) =>
                played.owned.get(session)?.has(partition),
              );
              expect(may).toEqual(owners);
            }
          }
        }),
      );
    },
  );

  test.each(['eager', 'cooperative'] as const)(
    '%s: a group that is left alone owns everything, in shares that differ by one at most',
    (protocol) => {
      fc.assert(
        fc.property(acts, (all) => {
          const played = new PlayedGroup(protocol, 5);
          for (const one of all) play(played, one);
          if (played.members.length === 0) played.join();
          played.canStore = true;
          played.settle();
          // Who is away and stays away loses its place; what could not be stored is tried again.
          for (let waits = 0; waits < 50; waits += 1) {
            played.wait(100);
            played.settle();
          }
          const sizes = played.members.map((session) => played.shareOf(session).length);
          expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(5);
          expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
        }),
      );
    },
  );

  test('cooperative: a partition that stays where it was is never revoked, and one that is revoked moves', () => {
    fc.assert(
      fc.property(acts, (all) => {
        const played = new PlayedGroup('cooperative', 7);
        for (const one of all) {
          if (one.act === 'storage' || one.act === 'wait') continue;
          const before = new Map([...played.owned].map(([of, owned]) => [of, new Map(owned)]));
          const heard = new Map([...played.events].map(([of, events]) => [of, events.length]));
          play(played, one);
          played.settle();
          for (const session of played.members) {
            const events = (played.events.get(session) ?? []).slice(heard.get(session));
            const revoked = events.flatMap((event) =>
              event.kind === 'revoke' ? event.partitions : [],
            );
            const now = played.owned.get(session);
            for (const [partition, since] of before.get(session) ?? []) {
              expect(now?.get(partition)).toBe(revoked.includes(partition) ? undefined : since);
            }
          }
        }
      }),
    );
  });

  test('nobody who was not told of a partition is asked to give it up', () => {
    fc.assert(
      fc.property(acts, fc.constantFrom('eager', 'cooperative'), (all, protocol) => {
        const played = new PlayedGroup(protocol, 5);
        for (const one of all) {
          play(played, one);
          for (const session of played.members) {
            const asked = (played.asked.get(session) ?? []).flat();
            expect(played.shareOf(session)).toEqual(expect.arrayContaining(asked));
          }
        }
      }),
    );
  });
});
