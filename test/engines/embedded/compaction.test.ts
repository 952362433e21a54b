import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LogBroker } from '../../../engines/embedded/log/log-broker.ts';
import { BatchView, encodeBatch } from '../../../engines/embedded/protocol/batch.ts';
import { Status } from '../../../engines/embedded/protocol/protocol.ts';
import { logBrokerOn } from './broker-on.ts';
import { MemoryStorage } from './memory-storage.ts';

const tombstoneMs = 1_000;
const segmentBytes = 120;
const anonymous = { producer: 0, epoch: 0, sequence: 0 };

interface Message {
  readonly key: string;
  /** Nothing for a tombstone. */
  readonly body: string;
}

interface Found extends Message {
  readonly offset: number;
}

/** A compacted log with one partition, and everything that was ever written to it. */
class Compacted {
  readonly storage = new MemoryStorage();
  readonly written: (Found & { readonly timeMs: number })[] = [];
  nowMs = 0;
  topic = 0;
  broker = this.#open();

  constructor() {
    const policy = { segmentBytes, cleanup: { kind: 'compact', tombstoneMs } } as const;
    this.broker.topics.create('t', 1, policy, (created) => {
      if (created.status === Status.ok) this.topic = created.topic;
    });
  }

  #open(): LogBroker {
    return logBrokerOn(this.storage, { kind: 'never' }, () => this.nowMs);
  }

  restart(): void {
    this.broker = this.#open();
  }

  write(messages: readonly Message[]): Status {
    const batch = encodeBatch(
      messages.map(({ key, body }) => {
        return { key: Buffer.from(key), headers: undefined, body: Buffer.from(body) };
      }),
    );
    return this.send(batch, messages);
  }

  send(batch: Buffer, messages: readonly Message[]): Status {
    let status: Status = Status.gone;
    const stamped = { topic: this.topic, partition: 0, stamp: anonymous, acks: 'all' } as const;
    this.broker.produce({ ...stamped, count: messages.length, batch }, (produced) => {
      status = produced.status;
      if (produced.status !== Status.ok) return;
      for (const [index, message] of messages.entries()) {
        const offset = produced.baseOffset + index;
        this.written.push({ ...message, offset, timeMs: this.nowMs });
      }
    });
    return status;
  }

  pass(ms: number): void {
    this.nowMs += ms;
    this.broker.tick(this.nowMs);
  }

  /** Reads as a consumer does: from a position to the end of what one fetch brings, again and again. */
  read(from = 0, step = 1_000_000): Found[] {
    const found: Found[] = [];
    for (let position = from; ; ) {
      const fresh = this.#fetch(position, step).filter(({ offset }) => offset >= position);
      const last = fresh.at(-1);
      if (last === undefined) return found;
      found.push(...fresh);
      position = last.offset + 1;
    }
  }

  #fetch(offset: number, maxMessages: number): Found[] {
    const found: Found[] = [];
    const limits = { maxMessages, maxBytes: 1_000_000, maxWaitMs: 0 };
    const positions = [{ partition: 0, offset }];
    const isolation = 'read-committed' as const;
    const request = { topic: this.topic, positions, isolation, ...limits };
    this.broker.fetch(1, request, this.nowMs, (fetched) => {
      if (fetched.status !== Status.ok) throw new Error(fetched.reason);
      for (const one of fetched.batches) {
        for (const { baseOffset, batch } of this.broker.load(one)) {
          const view = BatchView.parse(batch);
          for (let index = 0; index < view.count; index += 1) {
            const key = view.key(index)?.toString() ?? '';
            found.push({ key, body: view.body(index).toString(), offset: baseOffset + index });
          }
        }
      }
    });
    return found;
  }

  /** By the rule alone, over all that was written. */
  naive(): Found[] {
    const openFrom = this.broker.topics.get(this.topic)?.partitions[0]?.segments.openFrom ?? 0;
    const closed = this.written.filter(({ offset }) => offset < openFrom);
    return this.written
      .filter(({ key, body, offset, timeMs }) => {
        if (offset >= openFrom) return true;
        const isNewest = !closed.some((other) => other.key === key && other.offset > offset);
        const isOldTombstone = body === '' && timeMs + tombstoneMs <= this.nowMs;
        return isNewest && !isOldTombstone;
      })
      .map(({ key, body, offset }) => ({ key, body, offset }));
  }
}

const messages = fc.array(
  fc.record({ key: fc.constantFrom('a', 'b', 'c'), body: fc.constantFrom('', 'x', 'yy') }),
  { minLength: 1, maxLength: 4 },
);
const acts = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: messages.map((write) => ({ act: 'write' as const, write })) },
    { weight: 1, arbitrary: fc.nat({ max: 700 }).map((ms) => ({ act: 'wait' as const, ms })) },
    { weight: 1, arbitrary: fc.constant({ act: 'restart' as const }) },
  ),
  { maxLength: 30 },
);

describe('a compacted topic', () => {
  test('holds of every key what the rule leaves of all that was written, at its old offsets', () => {
    fc.assert(
      fc.property(acts, fc.integer({ min: 1, max: 3 }), fc.nat(), (all, step, where) => {
        const log = new Compacted();
        for (const one of all) {
          if (one.act === 'write') expect(log.write(one.write)).toBe(Status.ok);
          else if (one.act === 'wait') log.pass(100 + one.ms);
          else log.restart();
        }
        log.pass(100);
        const left = log.naive();
        expect(log.read()).toEqual(left);
        const from = where % (log.written.length + 1);
        expect(log.read(from, step)).toEqual(left.filter(({ offset }) => offset >= from));
        const partition = log.broker.topics.get(log.topic)?.partitions[0];
        expect(partition?.readableEnd('read-committed')).toBe((left.at(-1)?.offset ?? -1) + 1);
      }),
    );
  });

  test('shows a restarted reader everything until it was looked at again, and then the same as before', () => {
    const log = new Compacted();
    for (let round = 0; round < 10; round += 1) log.write([{ key: 'a', body: `value ${round}` }]);
    log.pass(100);
    const compacted = log.read();
    expect(compacted.length).toBeLessThan(10);
    log.restart();
    expect(log.read()).toHaveLength(10);
    log.pass(100);
    expect(log.read()).toEqual(compacted);
  });

  test('takes no message without a key, because nothing could ever replace it', () => {
    const log = new Compacted();
    const batch = encodeBatch([{ key: undefined, headers: undefined, body: Buffer.from('x') }]);
    expect(log.send(batch, [{ key: '', body: 'x' }])).toBe(Status.badRequest);
    expect(log.read()).toEqual([]);
  });

  test('lets no aborted message take the place of a committed one', () => {
    const log = new Compacted();
    log.write([{ key: 'a', body: 'kept' }]);
    const { transactions } = log.broker;
    let identity = { producer: 0, epoch: 0 };
    transactions.init('t', 10_000, (given) => {
      identity = given;
    });
    const message = { key: Buffer.from('a'), headers: undefined, body: Buffer.from('aborted') };
    const stamp = { ...identity, sequence: 0 };
    const request = { topic: log.topic, partition: 0, acks: 'all', count: 1 } as const;
    log.broker.produce({ ...request, stamp, batch: encodeBatch([message]) }, () => {});
    transactions.end(identity, 'abort', () => {});
    for (let round = 0; round < 4; round += 1) log.write([{ key: 'b', body: 'x'.repeat(80) }]);
    log.pass(100);
    expect(log.read().filter(({ key }) => key === 'a')).toEqual([
      { key: 'a', body: 'kept', offset: 0 },
    ]);
  });
});
