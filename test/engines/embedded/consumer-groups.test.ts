import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LogBroker } from '../../../engines/embedded/log/log-broker.ts';
import type { GroupEvent, GroupListener } from '../../../engines/embedded/log/member.ts';
import { Status } from '../../../engines/embedded/protocol/protocol.ts';
import { keepEverything } from '../../../engines/embedded/log/topic-policy.ts';
import { logBrokerOn } from './broker-on.ts';
import { MemoryStorage } from './memory-storage.ts';

const sessionTimeoutMs = 60_000;

function withTopic(storage: MemoryStorage, partitions = 1): { broker: LogBroker; topic: number } {
  const broker = logBrokerOn(storage);
  let topic = 0;
  broker.topics.create('t', partitions, keepEverything, (created) => {
    if (created.status === Status.ok) topic = created.topic;
  });
  return { broker, topic };
}

const joinEagerly = (
  broker: LogBroker,
  session: number,
  topic: number,
  tell: GroupListener,
  nowMs: number,
): void => {
  const manners = { protocol: 'eager', instance: undefined, sessionTimeoutMs } as const;
  broker.joinGroup(session, { group: 'g', topic, ...manners }, tell, nowMs);
};

describe('an eager group of the log', () => {
  interface Member {
    readonly session: number;
    readonly events: GroupEvent[];
  }
  const join = (broker: LogBroker, topic: number, session: number, nowMs = 0): Member => {
    const events: GroupEvent[] = [];
    joinEagerly(broker, session, topic, (event) => void events.push(event), nowMs);
    return { session, events };
  };
  const share = (member: Member): readonly number[] => {
    const last = member.events.at(-1);
    return last?.kind === 'assign' ? last.partitions : [];
  };
  const commit = (
    broker: LogBroker,
    member: Member,
    generation: number,
    offset: number,
    partition = 0,
  ): number | undefined => {
    let status: number | undefined;
    broker.groups.commit(member.session, generation, [{ partition, offset }], 0, (done) => {
      status = done.status;
    });
    return status;
  };

  test('the second member gets its share when the first has given everything up, and not before', () => {
    const { broker, topic } = withTopic(new MemoryStorage(), 4);
    const a = join(broker, topic, 1);
    expect(share(a)).toEqual([0, 1, 2, 3]);
    const b = join(broker, topic, 2);
    expect(b.events).toEqual([]);
    expect(a.events.at(-1)).toEqual({ kind: 'revoke', generation: 1, partitions: [0, 1, 2, 3] });
    broker.groups.rejoin(1, 0);
    expect(share(a)).toEqual([0, 1]);
    expect(share(b)).toEqual([2, 3]);
  });

  test('a member leaves at once when its connection ends, and the rest take over', () => {
    const { broker, topic } = withTopic(new MemoryStorage(), 2);
    const a = join(broker, topic, 1);
    const b = join(broker, topic, 2);
    broker.groups.rejoin(1, 0);
    broker.disconnected(1, 0);
    expect(b.events.at(-1)?.kind).toBe('revoke');
    broker.groups.rejoin(2, 0);
    expect(share(b)).toEqual([0, 1]);
    expect(commit(broker, a, 3, 1)).toBe(Status.notAMember);
  });

  test('a member that does not give up in time is removed', () => {
    const { broker, topic } = withTopic(new MemoryStorage(), 2);
    const a = join(broker, topic, 1);
    const b = join(broker, topic, 2, 500);
    expect(broker.nextWakeMs()).toBe(1500);
    broker.tick(1499);
    expect(b.events).toEqual([]);
    broker.tick(1500);
    expect(a.events.at(-1)?.kind).toBe('removed');
    expect(share(b)).toEqual([0, 1]);
    expect(commit(broker, a, 1, 1)).toBe(Status.notAMember);
    expect(share(join(broker, topic, 1, 1600))).toEqual([]);
    broker.groups.rejoin(2, 0);
    expect(share(b)).toEqual([1]);
  });

  test('commits count while a member is being revoked, and not in a later generation', () => {
    const { broker, topic } = withTopic(new MemoryStorage(), 2);
    const a = join(broker, topic, 1);
    const b = join(broker, topic, 2);
    expect(commit(broker, a, 1, 5)).toBe(Status.ok);
    broker.groups.rejoin(1, 0);
    expect(commit(broker, a, 1, 6)).toBe(Status.staleGeneration);
    expect(commit(broker, b, 2, 6)).toBe(Status.staleGeneration);
    expect(commit(broker, b, 2, 3, 1)).toBe(Status.ok);
    expect(broker.groups.committedOffset('g', topic, 0)).toBe(5);
  });

  test('offsets and generations survive a restart, members do not', () => {
    const storage = new MemoryStorage();
    const { broker, topic } = withTopic(storage);
    const a = join(broker, topic, 1);
    commit(broker, a, 1, 7);
    const again = logBrokerOn(storage);
    expect(again.groups.committedOffset('g', topic, 0)).toBe(7);
    expect(commit(again, a, 1, 8)).toBe(Status.notAMember);
    const b = join(again, topic, 1);
    expect(b.events).toEqual([{ kind: 'assign', generation: 2, partitions: [0] }]);
  });

  test('whatever members do, no partition is ever two members’, and a quiet group owns all', () => {
    const action = fc.record({
      session: fc.integer({ min: 1, max: 4 }),
      act: fc.constantFrom('join', 'rejoin', 'leave', 'wait'),
    });
    fc.assert(
      fc.property(fc.array(action, { maxLength: 40 }), (actions) => {
        const { broker, topic } = withTopic(new MemoryStorage(), 5);
        const owned = new Map<number, readonly number[]>();
        let nowMs = 0;
        const listen =
          (session: number) =>
          (event: GroupEvent): void => {
            if (event.kind === 'assign') owned.set(session, event.partitions);
            if (event.kind === 'removed') owned.delete(session);
          };
        for (const { session, act } of actions) {
          if (act === 'join') joinEagerly(broker, session, topic, listen(session), nowMs);
          if (act === 'leave') {
            owned.delete(session);
            broker.disconnected(session, nowMs);
          }
          if (act === 'rejoin') {
            owned.delete(session);
            broker.groups.rejoin(session, nowMs);
          }
          if (act === 'wait') {
            nowMs += 600;
            broker.tick(nowMs);
          }
          const all = [...owned.values()].flat();
          expect(new Set(all).size).toBe(all.length);
        }
      }),
    );
  });
});
