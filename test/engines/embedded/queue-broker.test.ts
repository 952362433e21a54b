import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BatchView, encodeBatch } from '../../../engines/embedded/protocol/batch.ts';
import { Status } from '../../../engines/embedded/protocol/protocol.ts';
import { standardQueue } from '../../../engines/embedded/protocol/queue-attributes.ts';
import type { QueueBroker } from '../../../engines/embedded/queue/queue-broker.ts';
import type {
  ReceivedMessage,
  ReceiveRequest,
} from '../../../engines/embedded/queue/queue-requests.ts';
import { queueBrokerOn } from './broker-on.ts';
import { MemoryStorage } from './memory-storage.ts';

const leaseMs = 100;

function withQueue(
  storage: MemoryStorage,
  options: Parameters<typeof queueBrokerOn>[1] = {},
): { broker: QueueBroker; queue: number } {
  const broker = queueBrokerOn(storage, options);
  let queue = 0;
  broker.directory.createQueue('q', standardQueue, (created) => {
    if (created.status === Status.ok) queue = created.queue;
  });
  return { broker, queue };
}

function send(broker: QueueBroker, queue: number, bodies: readonly string[], nowMs = 0): void {
  const batch = encodeBatch(
    bodies.map((body) => ({ key: undefined, headers: undefined, body: Buffer.from(body) })),
  );
  broker.send(queue, BatchView.parse(batch), undefined, nowMs, (sent) =>
    expect(sent.status).toBe(Status.ok),
  );
}

interface Copy {
  readonly id: number;
  readonly receiveCount: number;
  readonly body: string;
}

/** What a receive gets, now or when it has waited; undefined while it waits. */
function receive(
  broker: QueueBroker,
  queue: number,
  nowMs: number,
  options: Partial<ReceiveRequest> & { session?: number } = {},
): { copies: Copy[] | undefined } {
  const result: { copies: Copy[] | undefined } = { copies: undefined };
  const { session = 1, ...rest } = options;
  const request: ReceiveRequest = {
    queue,
    maxMessages: 10,
    maxBytes: 1000,
    maxWaitMs: 0,
    attemptId: undefined,
    mode: { kind: 'lease', leaseMs },
    ...rest,
  };
  broker.receive(session, request, nowMs, (received) => {
    if (received.status !== Status.ok) throw new Error(received.reason);
    result.copies = received.messages.map(copyOf);
  });
  return result;
}

function copyOf({ id, receiveCount, batch, slot }: ReceivedMessage): Copy {
  return { id, receiveCount, body: batch.body(slot).toString() };
}

function remove(broker: QueueBroker, queue: number, of: readonly Copy[], nowMs: number): number[] {
  let each: readonly number[] = [];
  broker.remove(queue, of, nowMs, (settled) => {
    if (settled.status === Status.ok) each = settled.each;
  });
  return [...each];
}

describe('leases', () => {
  test('a leased message is hidden until its lease ends, to the millisecond, and then comes back counted', () => {
    const { broker, queue } = withQueue(new MemoryStorage());
    send(broker, queue, ['a']);
    const [first] = receive(broker, queue, 0).copies ?? [];
    expect(first).toMatchObject({ body: 'a', receiveCount: 1 });
    expect(broker.nextWakeMs()).toBe(100);
    expect(receive(broker, queue, 99).copies).toEqual([]);
    expect(broker.depth(queue, 99)).toEqual({ ready: 0, inFlight: 1 });
    expect(receive(broker, queue, 100).copies).toEqual([{ ...first, receiveCount: 2 }]);
  });

  test('a receipt is worth nothing once its lease has ended: the second holder keeps the message', () => {
    const { broker, queue } = withQueue(new MemoryStorage());
    send(broker, queue, ['a']);
    const stale = receive(broker, queue, 0).copies ?? [];
    expect(remove(broker, queue, stale, 100)).toEqual([Status.receiptExpired]);
    const held = receive(broker, queue, 100, { session: 2 }).copies ?? [];
    expect(remove(broker, queue, stale, 110)).toEqual([Status.receiptExpired]);
    expect(remove(broker, queue, held, 110)).toEqual([Status.ok]);
    expect(remove(broker, queue, held, 111)).toEqual([Status.gone]);
    expect(broker.depth(queue, 111)).toEqual({ ready: 0, inFlight: 0 });
  });

  test('a changed visibility runs from now, and 0 gives the message back at once', () => {
    const { broker, queue } = withQueue(new MemoryStorage());
    send(broker, queue, ['a']);
    const held = receive(broker, queue, 0).copies ?? [];
    broker.changeVisibility(queue, held, 200, 50);
    expect(receive(broker, queue, 249).copies).toEqual([]);
    broker.changeVisibility(queue, held, 0, 249);
    expect(receive(broker, queue, 249).copies).toMatchObject([{ receiveCount: 2 }]);
  });

  test('a holder that disconnects gives nothing back: only the end of the lease does', () => {
    const { broker, queue } = withQueue(new MemoryStorage());
    send(broker, queue, ['a']);
    receive(broker, queue, 0, { session: 5 });
    broker.disconnected(5);
    expect(receive(broker, queue, 50).copies).toEqual([]);
    expect(receive(broker, queue, 100).copies).toHaveLength(1);
  });

  test('no more messages are leased at a time than the bound allows', () => {
    const { broker, queue } = withQueue(new MemoryStorage(), { maxInFlight: 2 });
    send(broker, queue, ['a', 'b', 'c']);
    const held = receive(broker, queue, 0).copies ?? [];
    expect(held).toHaveLength(2);
    const waiting = receive(broker, queue, 1, { maxWaitMs: 1000 });
    expect(waiting.copies).toBeUndefined();
    remove(broker, queue, held.slice(0, 1), 2);
    expect(waiting.copies).toMatchObject([{ body: 'c' }]);
  });
});

describe('long polls', () => {
  test('are served in the order of their coming and answered empty at their deadline', () => {
    const { broker, queue } = withQueue(new MemoryStorage());
    const first = receive(broker, queue, 0, { session: 1, maxWaitMs: 50, maxMessages: 1 });
    const second = receive(broker, queue, 0, { session: 2, maxWaitMs: 50 });
    send(broker, queue, ['a'], 10);
    expect(first.copies).toMatchObject([{ body: 'a' }]);
    expect(second.copies).toBeUndefined();
    broker.tick(50);
    expect(second.copies).toEqual([]);
  });

  test('of a closed connection get nothing', () => {
    const { broker, queue } = withQueue(new MemoryStorage());
    const gone = receive(broker, queue, 0, { session: 3, maxWaitMs: 50 });
    broker.disconnected(3);
    send(broker, queue, ['a'], 1);
    expect(gone.copies).toBeUndefined();
    expect(broker.depth(queue, 1)).toEqual({ ready: 1, inFlight: 0 });
  });
});

describe('deletion on receive', () => {
  test('forgets a message when it hands it out, also across a restart', () => {
    const storage = new MemoryStorage();
    const { broker, queue } = withQueue(storage);
    send(broker, queue, ['a', 'b']);
    const mode = { kind: 'delete' } as const;
    expect(receive(broker, queue, 0, { mode, maxMessages: 1 }).copies).toMatchObject([
      { body: 'a' },
    ]);
    const again = queueBrokerOn(storage);
    expect(receive(again, queue, 1000, { mode }).copies).toMatchObject([{ body: 'b' }]);
    expect(again.depth(queue, 1000)).toEqual({ ready: 0, inFlight: 0 });
  });

  test('hands out nothing before the deletion is committed', () => {
    const storage = new MemoryStorage();
    const { broker, queue } = withQueue(storage, { fsync: { kind: 'every-batch' } });
    send(broker, queue, ['a']);
    storage.held = [];
    const got = receive(broker, queue, 0, { mode: { kind: 'delete' } });
    expect(got.copies).toBeUndefined();
    storage.held.splice(0).forEach((done) => done(null));
    expect(got.copies).toHaveLength(1);
  });
});

describe('a restart', () => {
  test('forgets leases, keeps receive counts, and makes old receipts worthless', () => {
    const storage = new MemoryStorage();
    const { broker, queue } = withQueue(storage);
    send(broker, queue, ['a', 'b', 'c']);
    const [a, b] = receive(broker, queue, 0, { maxMessages: 2 }).copies ?? [];
    remove(broker, queue, a === undefined ? [] : [a], 1);
    const again = queueBrokerOn(storage);
    expect(remove(again, queue, b === undefined ? [] : [b], 0)).toEqual([Status.receiptExpired]);
    expect(receive(again, queue, 0).copies).toMatchObject([
      { body: 'b', receiveCount: 2 },
      { body: 'c', receiveCount: 1 },
    ]);
  });

  test('ids are never given out twice, although their messages are gone', () => {
    const storage = new MemoryStorage();
    const { broker, queue } = withQueue(storage);
    send(broker, queue, ['a']);
    const [a] = receive(broker, queue, 0, { mode: { kind: 'delete' } }).copies ?? [];
    const again = queueBrokerOn(storage);
    send(again, queue, ['b']);
    const [b] = receive(again, queue, 0).copies ?? [];
    expect(b?.id).toBeGreaterThan(a?.id ?? 0);
  });
});

test('a full disk refuses a receive and keeps its messages', () => {
  const storage = new MemoryStorage();
  const { broker, queue } = withQueue(storage);
  send(broker, queue, ['a']);
  storage.room = 0;
  expect(() => receive(broker, queue, 0, { mode: { kind: 'delete' } })).toThrow(
    /cannot be written/,
  );
  storage.room = 1000;
  expect(receive(broker, queue, 0).copies).toMatchObject([{ body: 'a', receiveCount: 1 }]);
});

test('whatever happens, a message is delivered until it is deleted by a valid receipt, and never after', () => {
  const step = fc.record({
    act: fc.constantFrom('send', 'receive', 'remove', 'requeue', 'wait', 'restart'),
    pick: fc.nat({ max: 20 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const storage = new MemoryStorage();
      const { queue, broker: first } = withQueue(storage);
      let broker = first;
      let nowMs = 0;
      let sent = 0;
      const alive = new Set<string>();
      const counts = new Map<string, number>();
      const receipts: (Copy & { untilMs: number })[] = [];
      for (const { act, pick } of steps) {
        nowMs += 1;
        if (act === 'send') {
          const body = `m${sent}`;
          sent += 1;
          send(broker, queue, [body], nowMs);
          alive.add(body);
        }
        if (act === 'receive') {
          const maxMessages = 1 + (pick % 3);
          for (const copy of receive(broker, queue, nowMs, { maxMessages }).copies ?? []) {
            expect(alive).toContain(copy.body);
            expect(copy.receiveCount).toBe((counts.get(copy.body) ?? 0) + 1);
            counts.set(copy.body, copy.receiveCount);
            receipts.push({ ...copy, untilMs: nowMs + leaseMs });
          }
        }
        if (act === 'remove' || act === 'requeue') {
          const receipt = receipts[pick % Math.max(1, receipts.length)];
          if (receipt === undefined) continue;
          const isHeld =
            alive.has(receipt.body) &&
            receipt.untilMs > nowMs &&
            counts.get(receipt.body) === receipt.receiveCount;
          if (act === 'requeue') {
            broker.changeVisibility(queue, [receipt], 0, nowMs);
            if (isHeld) for (const one of receipts) if (one.id === receipt.id) one.untilMs = 0;
          } else {
            const [status] = remove(broker, queue, [receipt], nowMs);
            expect(status === Status.ok).toBe(isHeld);
            if (isHeld) alive.delete(receipt.body);
          }
        }
        if (act === 'wait') nowMs += pick * 10;
        if (act === 'restart') {
          broker = queueBrokerOn(storage);
          for (const one of receipts) one.untilMs = 0;
        }
        const depth = broker.depth(queue, nowMs);
        expect((depth?.ready ?? 0) + (depth?.inFlight ?? 0)).toBe(alive.size);
      }
      nowMs += 1000;
      const rest = receive(broker, queue, nowMs, { maxMessages: 1000, maxBytes: 100_000 }).copies;
      expect(new Set(rest?.map(({ body }) => body))).toEqual(alive);
    }),
  );
});
