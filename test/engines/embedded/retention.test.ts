import { describe, expect, test } from 'vitest';
import type { LogBroker } from '../../../engines/embedded/log/log-broker.ts';
import type { GroupEvent } from '../../../engines/embedded/log/member.ts';
import type { TopicPolicy } from '../../../engines/embedded/log/topic-policy.ts';
import { encodeBatch } from '../../../engines/embedded/protocol/batch.ts';
import { Status } from '../../../engines/embedded/protocol/protocol.ts';
import { logBrokerOn } from './broker-on.ts';
import { MemoryStorage } from './memory-storage.ts';

const anonymous = { producer: 0, epoch: 0, sequence: 0 };
const body = Buffer.alloc(84, 'x');
/** A segment holds two of these batches. */
const policy = (bounds: { ms?: number; bytes?: number }): TopicPolicy => ({
  segmentBytes: 200,
  cleanup: { kind: 'delete', ms: bounds.ms, bytes: bounds.bytes },
});

/** A log whose clock the test sets. */
class Kept {
  readonly storage = new MemoryStorage();
  nowMs = 0;
  broker = this.#open();

  #open(): LogBroker {
    return logBrokerOn(this.storage, { kind: 'never' }, () => this.nowMs);
  }

  restart(): void {
    this.broker = this.#open();
  }

  create(of: TopicPolicy, partitions = 1): number {
    let topic = 0;
    this.broker.topics.create('t', partitions, of, (created) => {
      if (created.status === Status.ok) topic = created.topic;
    });
    return topic;
  }

  produce(topic: number, batches: number): void {
    const batch = encodeBatch([{ key: undefined, headers: undefined, body }]);
    for (let left = batches; left > 0; left -= 1) {
      const request = { topic, partition: 0, stamp: anonymous, count: 1, batch };
      this.broker.produce({ ...request, acks: 'all' }, () => {});
    }
  }

  pass(ms: number): void {
    this.nowMs += ms;
    this.broker.tick(this.nowMs);
  }

  read(topic: number, offset: number): number[] | string {
    let read: number[] | string = 'no answer';
    const limits = { maxMessages: 100, maxBytes: 100_000, maxWaitMs: 0 };
    const isolation = 'read-committed' as const;
    const request = { topic, positions: [{ partition: 0, offset }], isolation, ...limits };
    this.broker.fetch(1, request, this.nowMs, (fetched) => {
      read =
        fetched.status === Status.ok
          ? fetched.batches.map(({ batch }) => batch.baseOffset)
          : fetched.reason;
    });
    return read;
  }
}

describe('a topic with retention', () => {
  test('loses its oldest segments when they are too old, and keeps the newest', () => {
    const log = new Kept();
    const topic = log.create(policy({ ms: 1_000 }));
    log.produce(topic, 4);
    log.pass(500);
    log.produce(topic, 1);
    log.pass(499);
    expect(log.read(topic, 0)).toEqual([0, 1, 2, 3, 4]);
    log.pass(100);
    expect(log.read(topic, 4)).toEqual([4]);
    expect(log.read(topic, 3)).toMatch(/was removed, it begins at 4/);
    log.pass(10_000);
    expect(log.read(topic, 4)).toEqual([4]);
  });

  test('loses its oldest segments while the rest has bytes enough', () => {
    const log = new Kept();
    const topic = log.create(policy({ bytes: 200 }));
    log.produce(topic, 5);
    log.pass(100);
    expect(log.read(topic, 2)).toEqual([2, 3, 4]);
    expect(log.read(topic, 1)).toMatch(/begins at 2/);
  });

  test('begins after a restart where it began before', () => {
    const log = new Kept();
    const topic = log.create(policy({ bytes: 1 }));
    log.produce(topic, 5);
    log.pass(100);
    log.restart();
    expect(log.read(topic, 4)).toEqual([4]);
    expect(log.read(topic, 0)).toMatch(/begins at 4/);
    log.produce(topic, 1);
    expect(log.read(topic, 4)).toEqual([4, 5]);
  });

  test('keeps what it cannot remove in writing, until it can', () => {
    const log = new Kept();
    const topic = log.create(policy({ bytes: 1 }));
    log.produce(topic, 5);
    log.storage.room = 0;
    log.pass(100);
    expect(log.read(topic, 0)).toHaveLength(5);
    log.storage.room = Number.POSITIVE_INFINITY;
    log.pass(100);
    expect(log.read(topic, 4)).toEqual([4]);
  });

  test('is looked at again and again, and one that keeps everything is not', () => {
    const log = new Kept();
    expect(log.broker.nextWakeMs()).toBeUndefined();
    log.create(policy({ ms: 1 }));
    log.pass(0);
    expect(log.broker.nextWakeMs()).toBe(100);
  });
});

describe('partitions that are added', () => {
  test('are empty, survive a restart and are dealt out to the group', () => {
    const log = new Kept();
    const topic = log.create({ segmentBytes: 200, cleanup: { kind: 'keep' } }, 2);
    const events: GroupEvent[] = [];
    const manners = { protocol: 'cooperative', instance: undefined, sessionTimeoutMs: 60_000 };
    const request = { group: 'g', topic, ...manners, protocol: 'cooperative' } as const;
    log.broker.joinGroup(1, request, (event) => void events.push(event), 0);
    log.broker.addPartitions(topic, 4, 0, ({ status }) => expect(status).toBe(Status.ok));
    expect(events.at(-1)).toEqual({ kind: 'assign', generation: 2, partitions: [2, 3] });
    log.restart();
    const partitions = log.broker.topics.get(topic)?.partitions ?? [];
    expect(partitions.map(({ end }) => end)).toEqual([0, 0, 0, 0]);
  });

  test.each([1, 2, 65_536])('are refused when the topic would have %i', (partitions) => {
    const log = new Kept();
    const topic = log.create({ segmentBytes: 200, cleanup: { kind: 'keep' } }, 2);
    log.broker.addPartitions(topic, partitions, 0, ({ status }) => {
      expect(status).toBe(Status.badRequest);
    });
    expect(log.broker.topics.get(topic)?.partitions).toHaveLength(2);
  });
});
