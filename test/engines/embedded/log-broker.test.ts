import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LogBroker, Produced } from '../../../engines/embedded/log/log-broker.ts';
import { BatchView, encodeBatch } from '../../../engines/embedded/protocol/batch.ts';
import { Status } from '../../../engines/embedded/protocol/protocol.ts';
import { keepEverything } from '../../../engines/embedded/log/topic-policy.ts';
import { logBrokerOn } from './broker-on.ts';
import { MemoryStorage } from './memory-storage.ts';

const anonymous = { producer: 0, epoch: 0, sequence: 0 };

function withTopic(storage: MemoryStorage, partitions = 1): { broker: LogBroker; topic: number } {
  const broker = logBrokerOn(storage);
  let topic = 0;
  broker.topics.create('t', partitions, keepEverything, (created) => {
    if (created.status === Status.ok) topic = created.topic;
  });
  return { broker, topic };
}

function produce(
  broker: LogBroker,
  topic: number,
  bodies: readonly string[],
  stamp = anonymous,
  partition = 0,
): Produced | 'no answer' {
  const batch = encodeBatch(
    bodies.map((body) => ({ key: undefined, headers: undefined, body: Buffer.from(body) })),
  );
  let answer: Produced | 'no answer' = 'no answer';
  broker.produce(
    { topic, partition, acks: 'all', stamp, count: bodies.length, batch },
    (produced) => {
      answer = produced;
    },
  );
  return answer;
}

/** Everything readable in a partition from `offset`, or undefined while the fetch waits. */
function fetch(
  broker: LogBroker,
  topic: number,
  offset = 0,
  options: {
    session?: number;
    maxWaitMs?: number;
    partition?: number;
    onLate?: (b: string[]) => void;
  } = {},
): string[] | undefined {
  let bodies: string[] | undefined;
  let isLate = false;
  const { session = 1, maxWaitMs = 0, partition = 0 } = options;
  const positions = [{ partition, offset }];
  const limits = { maxMessages: 1000, maxBytes: 1_000_000, maxWaitMs };
  const request = { topic, positions, ...limits, isolation: 'read-committed' } as const;
  broker.fetch(session, request, 0, (fetched) => {
    if (fetched.status !== Status.ok) throw new Error(fetched.reason);
    const runs = fetched.batches.flatMap((one) => broker.load(one));
    bodies = runs.flatMap(({ baseOffset, batch }) => {
      const view = BatchView.parse(batch);
      const all = Array.from({ length: view.count }, (_, index) => view.body(index).toString());
      return all.slice(Math.max(0, offset - baseOffset));
    });
    if (isLate) options.onLate?.(bodies);
  });
  isLate = true;
  return bodies;
}

describe('producing and fetching', () => {
  test('batches get dense offsets, and a fetch begins in the middle of a batch', () => {
    const { broker, topic } = withTopic(new MemoryStorage());
    expect(produce(broker, topic, ['a', 'b', 'c'])).toEqual({ status: 0, baseOffset: 0 });
    expect(produce(broker, topic, ['d'])).toEqual({ status: 0, baseOffset: 3 });
    expect(fetch(broker, topic, 1)).toEqual(['b', 'c', 'd']);
    expect(fetch(broker, topic, 4)).toEqual([]);
  });

  test('everything is there again after a restart, read back from the journal', () => {
    const storage = new MemoryStorage();
    const { broker, topic } = withTopic(storage, 2);
    for (let index = 0; index < 50; index += 1) {
      produce(broker, topic, [`m${index}`.padEnd(100, '.')], anonymous, index % 2);
    }
    const before = [0, 1].map((partition) => fetch(broker, topic, 0, { partition }));
    const again = logBrokerOn(storage);
    expect([0, 1].map((partition) => fetch(again, topic, 0, { partition }))).toEqual(before);
    expect(produce(again, topic, ['next'])).toEqual({ status: 0, baseOffset: 25 });
  });

  test('a long poll is answered by the first batch, or empty at its deadline', () => {
    const { broker, topic } = withTopic(new MemoryStorage());
    const late: string[][] = [];
    const onLate = (bodies: string[]): void => void late.push(bodies);
    expect(fetch(broker, topic, 0, { maxWaitMs: 100, onLate })).toBeUndefined();
    produce(broker, topic, ['x']);
    expect(late).toEqual([['x']]);
    fetch(broker, topic, 1, { maxWaitMs: 100, onLate });
    expect(broker.nextWakeMs()).toBe(100);
    broker.tick(99);
    expect(late).toHaveLength(1);
    broker.tick(100);
    expect(late).toEqual([['x'], []]);
    expect(broker.nextWakeMs()).toBeUndefined();
  });

  test('a long poll is answered once, whatever arrives later, and a newer one answers the older', () => {
    const { broker, topic } = withTopic(new MemoryStorage());
    const late: string[][] = [];
    const onLate = (bodies: string[]): void => void late.push(bodies);
    fetch(broker, topic, 0, { maxWaitMs: 100, onLate });
    produce(broker, topic, ['x']);
    produce(broker, topic, ['y']);
    expect(late).toEqual([['x']]);
    fetch(broker, topic, 2, { maxWaitMs: 100, onLate });
    fetch(broker, topic, 2, { maxWaitMs: 100 });
    expect(late).toEqual([['x'], []]);
    produce(broker, topic, ['z']);
    broker.tick(200);
    expect(late).toHaveLength(2);
  });

  test('what is not committed yet is neither acknowledged nor read', () => {
    const storage = new MemoryStorage();
    const { topic } = withTopic(storage);
    const broker = logBrokerOn(storage, { kind: 'every-batch' });
    storage.held = [];
    let answer: Produced | undefined;
    const batch = encodeBatch([{ key: undefined, headers: undefined, body: Buffer.from('a') }]);
    broker.produce(
      { topic, partition: 0, acks: 'all', stamp: anonymous, count: 1, batch },
      (produced) => {
        answer = produced;
      },
    );
    expect(answer).toBeUndefined();
    expect(fetch(broker, topic)).toEqual([]);
    storage.held.splice(0).forEach((done) => done(null));
    expect(answer).toEqual({ status: 0, baseOffset: 0 });
    expect(fetch(broker, topic)).toEqual(['a']);
  });

  test('a fetch beyond the end says so: somebody knows offsets that this log does not', () => {
    const { broker, topic } = withTopic(new MemoryStorage());
    expect(() => fetch(broker, topic, 5)).toThrow(/beyond its end/);
  });
});

describe('idempotent producers', () => {
  const stamp = (sequence: number, producer = 1): typeof anonymous => ({
    producer,
    epoch: 0,
    sequence,
  });

  test('a repeated batch is stored once and answered with its first place, also after a restart', () => {
    const storage = new MemoryStorage();
    const { broker, topic } = withTopic(storage);
    produce(broker, topic, ['a', 'b'], stamp(0));
    produce(broker, topic, ['c'], stamp(2));
    expect(produce(broker, topic, ['a', 'b'], stamp(0))).toEqual({ status: 0, baseOffset: 0 });
    const again = logBrokerOn(storage);
    expect(produce(again, topic, ['c'], stamp(2))).toEqual({ status: 0, baseOffset: 2 });
    expect(produce(again, topic, ['d'], stamp(3))).toEqual({ status: 0, baseOffset: 3 });
    expect(fetch(again, topic)).toEqual(['a', 'b', 'c', 'd']);
  });

  test('the same batch without a producer id is stored twice', () => {
    const { broker, topic } = withTopic(new MemoryStorage());
    produce(broker, topic, ['a']);
    produce(broker, topic, ['a']);
    expect(fetch(broker, topic)).toEqual(['a', 'a']);
  });

  test('a gap in the sequence, an unknown producer and an old epoch are refused', () => {
    const { broker, topic } = withTopic(new MemoryStorage());
    produce(broker, topic, ['a'], stamp(0));
    const status = (of: Produced | 'no answer'): unknown => (of === 'no answer' ? of : of.status);
    expect(status(produce(broker, topic, ['c'], stamp(2)))).toBe(Status.outOfOrderSequence);
    expect(status(produce(broker, topic, ['x'], stamp(7, 9)))).toBe(Status.outOfOrderSequence);
    produce(broker, topic, ['b'], { producer: 1, epoch: 1, sequence: 0 });
    expect(status(produce(broker, topic, ['c'], stamp(1)))).toBe(Status.fencedEpoch);
    expect(fetch(broker, topic)).toEqual(['a', 'b']);
  });

  test('five batches in flight, any of them repeated any number of times, with restarts: one copy each, in order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ back: fc.nat({ max: 4 }), restart: fc.boolean() }), { maxLength: 25 }),
        (steps) => {
          const storage = new MemoryStorage();
          const { topic, broker: first } = withTopic(storage);
          let broker = first;
          let sent = 0;
          for (const { back, restart } of steps) {
            if (restart) broker = logBrokerOn(storage);
            const sequence = Math.max(0, sent - back);
            const answer = produce(broker, topic, [`m${sequence}`], stamp(sequence));
            expect(answer).toEqual({ status: 0, baseOffset: sequence });
            sent = Math.max(sent, sequence + 1);
          }
          expect(fetch(broker, topic)).toEqual(Array.from({ length: sent }, (_, i) => `m${i}`));
        },
      ),
    );
  });

  test('ids of producers are never given out twice, not even by another process', () => {
    const storage = new MemoryStorage();
    const { broker } = withTopic(storage);
    const ids: number[] = [];
    broker.initProducer((id) => ids.push(id));
    broker.initProducer((id) => ids.push(id));
    logBrokerOn(storage).initProducer((id) => ids.push(id));
    expect(new Set(ids).size).toBe(3);
  });
});
