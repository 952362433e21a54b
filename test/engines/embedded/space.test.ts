import { describe, expect, test } from 'vitest';
import type { Checkpointed } from '../../../engines/embedded/journal/space.ts';
import { BatchView, encodeBatch } from '../../../engines/embedded/protocol/batch.ts';
import { Status } from '../../../engines/embedded/protocol/protocol.ts';
import { keepEverything, type TopicPolicy } from '../../../engines/embedded/log/topic-policy.ts';
import { Bench } from './broker/bench.ts';
import { logBrokerOn, segmentBytes } from './broker-on.ts';
import { MemoryStorage } from './memory-storage.ts';
import { DrivenQueue } from './queue/driven-queue.ts';

const mostBytes = 8 * segmentBytes;

const diskBytes = (storage: MemoryStorage): number =>
  storage.list().reduce((sum, segment) => sum + storage.size(segment), 0);

/** The state as a checkpoint would have it, wherever its batches lie: by what they hold. */
function stateOf(of: Checkpointed, storage: MemoryStorage): readonly string[] {
  const entries = of.entries(({ segment, position, length }) => {
    const bytes = storage.bytes(segment).subarray(position, position + length);
    return {
      segment: bytes.reduce((sum, byte) => (sum * 31 + byte) % 1_000_003, 7),
      position: 0,
      length,
    };
  });
  return [...entries].map((entry) => entry.toString('hex'));
}

/** Plays rounds and restarts; what is on the disk stays small, and what a restart finds is what was there. */
function play(
  rounds: number,
  bench: {
    readonly storage: () => MemoryStorage;
    readonly state: () => Checkpointed;
    readonly round: (number: number) => void;
    readonly restart: () => void;
  },
): void {
  let wroteBytes = 0;
  for (let number = 0; number < rounds; number += 1) {
    const before = diskBytes(bench.storage());
    bench.round(number);
    const now = diskBytes(bench.storage());
    wroteBytes += Math.max(0, now - before);
    expect(now).toBeLessThan(mostBytes);
    if (number % 97 !== 0) continue;
    const state = stateOf(bench.state(), bench.storage());
    bench.restart();
    expect(stateOf(bench.state(), bench.storage())).toEqual(state);
  }
  expect(wroteBytes).toBeGreaterThan(3 * mostBytes);
}

describe('what nobody can read any more is given back', () => {
  const anonymous = { producer: 0, epoch: 0, sequence: 0 };
  const tidied = (cleanup: TopicPolicy['cleanup']): TopicPolicy => ({
    segmentBytes: 8192,
    cleanup,
  });

  test('by a log under retention, with everything else that it must remember', () => {
    const storage = new MemoryStorage();
    let nowMs = 0;
    let broker = logBrokerOn(storage, { kind: 'never' }, () => nowMs);
    const topics = [tidied({ kind: 'delete', ms: undefined, bytes: 32_768 }), keepEverything].map(
      (policy, at) => {
        let topic = 0;
        broker.topics.create(`t${at}`, 2, policy, (created) => {
          if (created.status === Status.ok) topic = created.topic;
        });
        return topic;
      },
    );
    const [deleting = 0, keeping = 0] = topics;
    let sequence = 0;
    const produce = (topic: number, key: string, size: number, stamp = anonymous): void => {
      const body = Buffer.alloc(size, key);
      const batch = encodeBatch([{ key: Buffer.from(key), headers: undefined, body }]);
      const of = { topic, partition: 0, count: 1, batch, stamp, acks: 'all' } as const;
      broker.produce(of, ({ status }) => expect(status).toBe(Status.ok));
    };
    let identity = { producer: 0, epoch: 0 };
    broker.transactions.init('job', 60_000, (given) => {
      identity = given;
    });
    broker.initProducer(() => {});
    play(1500, {
      storage: () => storage,
      state: () => broker.lasting,
      restart: () => {
        broker = logBrokerOn(storage, { kind: 'never' }, () => nowMs);
      },
      round: (number) => {
        for (let more = 0; more < 4; more += 1) produce(deleting, `d${number}`, 500);
        if (number % 100 === 0) produce(keeping, 'kept', 200);
        if (number % 10 === 0) {
          produce(deleting, 'in a transaction', 50, { ...identity, sequence });
          sequence += 1;
        }
        if (number % 30 === 0) {
          const end = number % 60 === 0 ? 'commit' : 'abort';
          broker.transactions.end(identity, end, (ended) => {
            if (ended.status !== Status.ok) throw new Error(ended.reason);
            identity = ended.next;
            sequence = 0;
          });
        }
        nowMs += 50;
        broker.tick(nowMs);
      },
    });
    const partition = broker.topics.get(deleting)?.partitions[0];
    expect(partition?.start).toBeGreaterThan(4000);
    expect(broker.topics.get(keeping)?.partitions[0]?.end).toBe(15);
  });

  test('by a log that is compacted, and no value comes back that was replaced or deleted', () => {
    const storage = new MemoryStorage();
    let nowMs = 0;
    const open = () => logBrokerOn(storage, { kind: 'never' }, () => nowMs);
    let broker = open();
    let topic = 0;
    broker.topics.create('t', 1, tidied({ kind: 'compact', tombstoneMs: 100 }), (created) => {
      if (created.status === Status.ok) topic = created.topic;
    });
    const newest = new Map<string, string>();
    for (let number = 0; number < 4000; number += 1) {
      const key = `k${(number * 7) % 31}`;
      const value = number % 3 === 0 ? '' : `${number}`.padEnd(500, '.');
      const message = { key: Buffer.from(key), headers: undefined, body: Buffer.from(value) };
      const batch = encodeBatch([message]);
      const of = { topic, partition: 0, count: 1, batch, stamp: anonymous, acks: 'all' } as const;
      broker.produce(of, ({ status }) => expect(status).toBe(Status.ok));
      if (value === '') newest.delete(key);
      else newest.set(key, value);
      nowMs += 5;
      broker.tick(nowMs);
      expect(diskBytes(storage)).toBeLessThan(mostBytes);
      if (number % 333 === 0) broker = open();
    }
    const positions = [{ partition: 0, offset: 0 }];
    const limits = { maxMessages: 100_000, maxBytes: 10_000_000, maxWaitMs: 0 };
    const found = new Map<string, string>();
    broker.fetch(1, { topic, positions, isolation: 'read-committed', ...limits }, nowMs, (got) => {
      for (const fetched of got.status === Status.ok ? got.batches : []) {
        for (const run of broker.load(fetched)) {
          const view = BatchView.trusted(run.batch);
          for (let at = 0; at < view.count; at += 1) {
            const key = view.key(at)?.toString() ?? '';
            if (view.body(at).length === 0) found.delete(key);
            else found.set(key, view.body(at).toString());
          }
        }
      }
    });
    expect(found).toEqual(newest);
  });

  test('by a queue, though a message stays for ever, and with what it recognises and has counted', () => {
    const driven = new DrivenQueue({
      order: 'message-groups',
      deduplication: { by: 'id', windowMs: 300 },
    });
    driven.send([{ body: 'for ever'.padEnd(100, '.'), group: 'stays' }]);
    const [held] = driven.receive().copies ?? [];
    expect(held?.body).toContain('for ever');
    play(1000, {
      storage: () => driven.storage,
      state: () => driven.broker.lasting,
      restart: () => driven.restart(),
      round: (number) => {
        const letters = Array.from({ length: 5 }, (_, at) => ({
          body: `${number}.${at}`.padEnd(500, '.'),
          group: `g${at}`,
          deduplicationId: `${number} ${at}`,
        }));
        driven.nowMs += 10;
        driven.send(letters);
        const copies = driven.receive({ maxMessages: 100 }).copies ?? [];
        driven.remove(copies.filter(({ body }) => !body.startsWith('for ever')));
      },
    });
    expect(driven.depth().ready + driven.depth().inFlight).toBeLessThan(20);
    driven.nowMs += 1000;
    const left = driven.receive({ maxMessages: 100 }).copies ?? [];
    const [oldest] = left.filter(({ body }) => body.startsWith('for ever'));
    expect(oldest?.receiveCount).toBeGreaterThan(10);
  });

  test('by a routing broker, though a copy stays for ever, and with the deaths of dead letters', () => {
    const bench = new Bench();
    const grave = bench.pair();
    const source = bench.pair({ deadLetterExchange: grave.exchange });
    bench.publish(source.exchange, ['for ever'.padEnd(100, '.')]);
    const first = bench.hands(1, source.queue).grant(1);
    first.settleAll('reject');
    first.leave();
    play(1000, {
      storage: () => bench.storage,
      state: () => bench.broker.lasting,
      restart: () => bench.restart(),
      round: (number) => {
        const letters = Array.from({ length: 5 }, (_, at) => `${number}.${at}`.padEnd(500, '.'));
        bench.publish(source.exchange, letters);
        const hands = bench.hands(1, source.queue).grant(100);
        expect(hands.got).toHaveLength(5);
        hands.settleAll('acknowledge');
        hands.leave();
      },
    });
    const dead = bench.hands(2, grave.queue).grant(10);
    expect(dead.got).toHaveLength(1);
    expect(dead.got[0]?.headers).toMatchObject({ 'x-last-death-reason': 'rejected' });
  });
});
