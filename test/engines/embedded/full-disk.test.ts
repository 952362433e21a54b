import { describe, expect, it } from 'vitest';
import type { GroupEvent } from '../../../engines/embedded/log/member.ts';
import { Status } from '../../../engines/embedded/protocol/protocol.ts';
import { keepEverything } from '../../../engines/embedded/log/topic-policy.ts';
import { logBrokerOn } from './broker-on.ts';
import { MemoryStorage } from './memory-storage.ts';

const rebalanceTimeoutMs = 1000;
const sessionTimeoutMs = 60_000;
const manners = { protocol: 'eager', instance: undefined, sessionTimeoutMs } as const;

function groupOfTwo() {
  const storage = new MemoryStorage();
  const broker = logBrokerOn(storage);
  let topic = 0;
  broker.topics.create('t', 2, keepEverything, (created) => {
    if (created.status === Status.ok) topic = created.topic;
  });
  const heard: GroupEvent[] = [];
  broker.joinGroup(1, { group: 'g', topic, ...manners }, (event) => heard.push(event), 0);
  broker.joinGroup(2, { group: 'g', topic, ...manners }, () => {}, 0);
  broker.groups.rejoin(1, 0);
  heard.length = 0;
  return { storage, broker, topic, heard };
}

describe('a log whose disk is full', () => {
  it('survives that a member leaves, and rebalances when there is room again', () => {
    const { storage, broker, heard } = groupOfTwo();
    storage.room = 0;
    broker.disconnected(2, 10);
    expect(broker.groups.rejoin(1, 10).status).toBe(Status.ok);
    expect(heard).toEqual([{ kind: 'revoke', generation: 2, partitions: [0] }]);
    broker.tick(10 + rebalanceTimeoutMs);
    expect(heard).toHaveLength(1);
    storage.room = Number.POSITIVE_INFINITY;
    expect(broker.nextWakeMs()).toBeLessThanOrEqual(10 + 3 * rebalanceTimeoutMs);
    broker.tick(10 + 3 * rebalanceTimeoutMs);
    expect(heard.at(-1)).toEqual({ kind: 'assign', generation: 3, partitions: [0, 1] });
    expect(broker.nextWakeMs()).toBe(10 + sessionTimeoutMs);
  });

  it('gives nobody a generation that it could not store', () => {
    const { storage, broker, topic } = groupOfTwo();
    storage.room = 0;
    const heard: GroupEvent[] = [];
    broker.joinGroup(3, { group: 'other', topic, ...manners }, (event) => heard.push(event), 0);
    expect(heard).toEqual([]);
    storage.room = Number.POSITIVE_INFINITY;
    broker.tick(2 * rebalanceTimeoutMs);
    expect(heard).toEqual([{ kind: 'assign', generation: 1, partitions: [0, 1] }]);
  });
});
