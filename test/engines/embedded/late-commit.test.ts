import { describe, expect, it } from 'vitest';
import { openReplicated } from '../../../engines/embedded/host/replicated.ts';
import type { Peer } from '../../../engines/embedded/host/peer.ts';
import { LogBroker } from '../../../engines/embedded/log/log-broker.ts';
import type { GroupEvent } from '../../../engines/embedded/log/member.ts';
import { encodeBatch } from '../../../engines/embedded/protocol/batch.ts';
import { ByteReader, ByteWriter } from '../../../engines/embedded/protocol/bytes.ts';
import { writeEndOffsets } from '../../../engines/embedded/protocol/topic-messages.ts';
import { Api } from '../../../engines/embedded/protocol/protocol.ts';
import { keepEverything } from '../../../engines/embedded/log/topic-policy.ts';
import { ReplicaLog } from '../../../engines/embedded/replication/replica-log.ts';
import { keepsAll } from '../../../engines/embedded/rules.ts';
import { LateLog } from './late-log.ts';
import { MemoryStorage } from './memory-storage.ts';

const times = { cleanupEveryMs: 100, wallMs: () => 0 };
const options = { ...times, rebalanceTimeoutMs: 100, cacheBytes: 1_000, keeps: keepsAll };

interface Told {
  readonly who: string;
  readonly event: GroupEvent;
}

class Groups {
  readonly log = new LateLog();
  readonly told: Told[] = [];
  readonly broker = new LogBroker(this.log, options);

  constructor() {
    this.broker.topics.create('t', 2, keepEverything, () => {});
    this.log.commit();
  }

  join(session: number): void {
    const tell = (event: GroupEvent): void => {
      this.told.push({ who: `member ${session}`, event });
    };
    const join = {
      group: 'g',
      topic: 1,
      protocol: 'eager',
      instance: undefined,
      sessionTimeoutMs: 1_000,
    } as const;
    this.broker.joinGroup(session, join, tell, 0);
  }

  /** What was told since it was last asked. */
  news(): readonly string[] {
    return this.told.splice(0).map(({ who, event }) => `${who}: ${event.kind} ${event.generation}`);
  }
}

describe('a group whose next generation is not committed yet', () => {
  it('tells nobody what is dealt out until it is', () => {
    const groups = new Groups();
    groups.join(1);
    expect(groups.news()).toEqual([]);
    groups.log.commit();
    expect(groups.news()).toEqual(['member 1: assign 1']);
  });

  it('tells what follows afterwards, in its order', () => {
    const groups = new Groups();
    groups.join(1);
    groups.join(2);
    expect(groups.news()).toEqual([]);
    groups.log.commit();
    expect(groups.news()).toEqual(['member 1: assign 1', 'member 1: revoke 1']);
    groups.broker.groups.rejoin(1, 0);
    expect(groups.news()).toEqual([]);
    groups.log.commit();
    expect(groups.news()).toEqual(['member 1: assign 2', 'member 2: assign 2']);
  });

  it('tells at once what needs no new generation', () => {
    const groups = new Groups();
    groups.join(1);
    groups.log.commit();
    groups.news();
    groups.join(2);
    expect(groups.news()).toEqual(['member 1: revoke 1']);
  });
});

describe('a new leader', () => {
  it('shows what it found when all of that is committed, not before', () => {
    const before = new LateLog();
    const old = new LogBroker(before, options);
    old.topics.create('t', 1, keepEverything, () => {});
    before.commit();
    const batch = encodeBatch([{ key: undefined, headers: undefined, body: Buffer.from('x') }]);
    const stamp = { producer: 0, epoch: 0, sequence: 0 };
    old.produce({ topic: 1, partition: 0, acks: 'leader', stamp, count: 1, batch }, () => {});
    const found = new ReplicaLog(new MemoryStorage(), {
      fsync: { kind: 'never' },
      segmentBytes: 4_096,
      salt: () => 1,
      onFailure: () => {},
      keeps: keepsAll,
    });
    const leader = new LateLog();
    for (const entry of before.entries) {
      found.append(1, [entry], false);
      leader.append([entry]);
    }
    const service = openReplicated('log', leader, found, {
      ...options,
      copies: { replicas: 3, minInSync: 2 },
    });
    const ends: number[] = [];
    const peer: Peer = {
      session: 1,
      reply: (_api, _correlation, chunks) => {
        const body = new ByteReader(Buffer.concat(chunks));
        expect(body.u16()).toBe(1);
        ends.push(body.u64());
      },
      refuse: () => {},
      push: () => {},
    };
    const ask = (): void => {
      const request = writeEndOffsets(new ByteWriter(), 1, 'read-uncommitted').finish();
      service.handle(peer, Api.endOffsets, 1, new ByteReader(request), 0);
    };
    ask();
    leader.commit();
    ask();
    expect(ends).toEqual([0, 1]);
  });
});
