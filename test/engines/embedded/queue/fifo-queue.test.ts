import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Status } from '../../../../engines/embedded/protocol/protocol.ts';
import { DrivenQueue, type Copy } from './driven-queue.ts';
import { NaiveFifo } from './naive-fifo.ts';

const windowMs = 50;
const fifo = { order: 'message-groups', deduplication: { by: 'id', windowMs } } as const;
const inGroup = (group: string, ...bodies: string[]): { body: string; group: string }[] =>
  bodies.map((body) => ({ body, group }));

describe('message groups', () => {
  test('a group is held up while one of its messages is in hands, other groups are not', () => {
    const q = new DrivenQueue(fifo);
    q.send([...inGroup('a', 'a1', 'a2'), ...inGroup('b', 'b1')]);
    const [a1] = q.receive({ maxMessages: 1 }).copies as [Copy];
    expect(a1.body).toBe('a1');
    expect(q.bodies()).toEqual(['b1']);
    expect(q.bodies()).toEqual([]);
    q.remove([a1]);
    expect(q.bodies()).toEqual(['a2']);
  });

  test('one receive may take several of a group, and takes them before it goes on to another', () => {
    const q = new DrivenQueue(fifo);
    q.send([...inGroup('a', 'a1'), ...inGroup('b', 'b1'), ...inGroup('a', 'a2', 'a3')]);
    expect(q.bodies({ maxMessages: 4 })).toEqual(['a1', 'a2', 'a3', 'b1']);
  });

  test('a message that comes back goes before those that were sent after it', () => {
    const q = new DrivenQueue(fifo);
    q.send(inGroup('a', 'a1', 'a2', 'a3', 'a4'));
    const [a1, a2, a3] = q.receive({ maxMessages: 3 }).copies as [Copy, Copy, Copy];
    q.requeue([a2]);
    q.requeue([a1]);
    expect(q.bodies()).toEqual([]);
    q.remove([a3]);
    expect(q.bodies()).toEqual(['a1', 'a2', 'a4']);
  });

  test('a long poll gets a group as soon as its lease ends or its last message is deleted', () => {
    const q = new DrivenQueue(fifo);
    q.send(inGroup('a', 'a1', 'a2'));
    const held = q.receive({ maxMessages: 1 }).copies ?? [];
    const poll = q.receive({ session: 2, maxWaitMs: 1000 });
    q.nowMs = 10;
    expect(poll.copies).toBeUndefined();
    q.remove(held);
    expect(poll.copies).toMatchObject([{ body: 'a2' }]);
    const next = q.receive({ session: 3, maxWaitMs: 1000 });
    q.nowMs = 110;
    q.broker.tick(q.nowMs);
    expect(next.copies).toMatchObject([{ body: 'a2', receiveCount: 2 }]);
  });

  test('messages without a group hold nobody up', () => {
    const q = new DrivenQueue(fifo);
    q.send([{ body: '1' }, { body: '2' }]);
    expect(q.bodies({ maxMessages: 1 })).toEqual(['1']);
    expect(q.bodies({ maxMessages: 1 })).toEqual(['2']);
  });

  test('what is deleted when it is received holds its group up no longer', () => {
    const q = new DrivenQueue(fifo);
    q.send(inGroup('a', 'a1', 'a2'));
    const mode = { kind: 'delete' } as const;
    expect(q.bodies({ mode, maxMessages: 1 })).toEqual(['a1']);
    expect(q.bodies({ mode, maxMessages: 1 })).toEqual(['a2']);
  });

  test('a full disk refuses a receive and leaves the group as it was', () => {
    const q = new DrivenQueue(fifo);
    q.send(inGroup('a', 'a1', 'a2'));
    q.storage.room = 0;
    expect(() => q.receive()).toThrow(/cannot be written/);
    q.storage.room = 1000;
    expect(q.bodies()).toEqual(['a1', 'a2']);
  });

  test('a standard queue refuses a group, a FIFO queue a delay of a single message', () => {
    const standard = new DrivenQueue();
    expect(standard.trySend(inGroup('a', 'a1')).answer).toMatchObject({
      status: Status.badRequest,
      reason: 'the queue has no message groups',
    });
    const q = new DrivenQueue(fifo);
    expect(q.trySend([{ body: 'late', group: 'a', delayMs: 5 }]).answer).toMatchObject({
      status: Status.badRequest,
      reason: 'a FIFO queue delays no single message',
    });
    expect(q.depth()).toEqual({ ready: 0, inFlight: 0 });
  });
});

describe('deduplication', () => {
  test('a copy within the window has the id of its original and is not stored; after it, it is new', () => {
    const q = new DrivenQueue(fifo);
    const [id] = q.send([{ body: 'x', deduplicationId: 'one' }]);
    q.nowMs = windowMs - 1;
    expect(q.send([{ body: 'y', deduplicationId: 'one' }])).toEqual([id]);
    q.nowMs = windowMs;
    expect(q.send([{ body: 'z', deduplicationId: 'one' }])).not.toEqual([id]);
    expect(q.bodies()).toEqual(['x', 'z']);
  });

  test('an original that was deleted is still remembered', () => {
    const q = new DrivenQueue(fifo);
    q.send([{ body: 'x', deduplicationId: 'one' }]);
    q.remove(q.receive().copies ?? []);
    q.send([{ body: 'x', deduplicationId: 'one' }]);
    expect(q.depth()).toEqual({ ready: 0, inFlight: 0 });
  });

  test('of two copies in one batch the first is stored, and both have its id', () => {
    const q = new DrivenQueue(fifo);
    const [before] = q.send([{ body: 'w', deduplicationId: 'before' }]) as [number];
    const ids = q.send([
      { body: 'a', deduplicationId: 'one' },
      { body: 'b', deduplicationId: 'one' },
      { body: 'c', deduplicationId: 'before' },
      { body: 'd', deduplicationId: 'two' },
    ]);
    expect(ids).toEqual([before + 1, before + 1, before, before + 2]);
    expect(q.receive().copies?.map(({ id, body }) => [id, body])).toEqual([
      [before, 'w'],
      [before + 1, 'a'],
      [before + 2, 'd'],
    ]);
  });

  test('by content the bodies are compared, and an id that a message names goes before', () => {
    const q = new DrivenQueue({ ...fifo, deduplication: { by: 'content', windowMs } });
    q.send([{ body: 'same' }, { body: 'same' }, { body: 'same', deduplicationId: 'another' }]);
    expect(q.bodies()).toEqual(['same', 'same']);
  });

  test('a restart forgets nothing, and the time while the broker was down does not count', () => {
    const q = new DrivenQueue(fifo);
    const [id] = q.send([{ body: 'x', deduplicationId: 'one' }]);
    q.nowMs = 20;
    q.send([{ body: 'y', deduplicationId: 'two' }]);
    q.restart(1_000_000);
    expect(q.send([{ body: 'x', deduplicationId: 'one' }])).toEqual([id]);
    q.nowMs += windowMs - 20 - 1;
    expect(q.send([{ body: 'x', deduplicationId: 'one' }])).toEqual([id]);
    q.nowMs += 1;
    expect(q.send([{ body: 'x', deduplicationId: 'one' }])).not.toEqual([id]);
  });

  test('a copy is not called stored before its original is', () => {
    const q = new DrivenQueue(fifo, { fsync: { kind: 'every-batch' } });
    q.storage.held = [];
    const original = q.trySend([{ body: 'x', deduplicationId: 'one' }]);
    const copy = q.trySend([{ body: 'x', deduplicationId: 'one' }]);
    expect([original.answer, copy.answer]).toEqual([undefined, undefined]);
    while (q.storage.held.length > 0) q.storage.held.splice(0).forEach((done) => done(null));
    expect(original.answer?.status).toBe(Status.ok);
    expect(copy.answer).toMatchObject({ status: Status.ok });
    expect(q.depth()).toEqual({ ready: 1, inFlight: 0 });
  });

  test('a queue that recognises no copies says so', () => {
    const q = new DrivenQueue();
    expect(q.trySend([{ body: 'x', deduplicationId: 'one' }]).answer).toMatchObject({
      status: Status.badRequest,
    });
  });
});

test('whatever happens, a FIFO queue hands out what a naive one does', () => {
  const step = fc.record({
    act: fc.constantFrom(
      'send',
      'send',
      'receive',
      'receive',
      'remove',
      'requeue',
      'wait',
      'restart',
    ),
    pick: fc.nat({ max: 20 }),
    group: fc.constantFrom('a', 'b', undefined),
    key: fc.constantFrom('k1', 'k2', 'k3', undefined),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const q = new DrivenQueue(fifo);
      const naive = new NaiveFifo(windowMs);
      const receipts: Copy[] = [];
      for (const [at, { act, pick, group, key }] of steps.entries()) {
        q.nowMs += 1;
        const receipt = receipts[pick % Math.max(1, receipts.length)];
        if (act === 'send') {
          const before = q.depth();
          q.send([{ body: `m${at}`, group, deduplicationId: key }]);
          const isNew = naive.send(`m${at}`, group, key, q.nowMs);
          expect(q.depth().ready - before.ready).toBe(isNew ? 1 : 0);
        } else if (act === 'receive') {
          const copies = q.receive({ maxMessages: 1 + (pick % 4) }).copies ?? [];
          naive.uptimeMs(q.nowMs);
          const expected = naive.receive(1 + (pick % 4), q.leaseMs, q.nowMs);
          expect(copies.map(({ body, receiveCount }) => ({ body, receiveCount }))).toEqual(
            expected,
          );
          receipts.push(...copies);
        } else if (act === 'remove' && receipt !== undefined) {
          naive.uptimeMs(q.nowMs);
          const [status] = q.remove([receipt]);
          const isGood = naive.settle(receipt.body, receipt.receiveCount, 'remove', q.nowMs);
          expect(status === Status.ok).toBe(isGood);
        } else if (act === 'requeue' && receipt !== undefined) {
          naive.uptimeMs(q.nowMs);
          q.requeue([receipt]);
          naive.settle(receipt.body, receipt.receiveCount, 'requeue', q.nowMs);
        } else if (act === 'wait') q.nowMs += pick * 8;
        else if (act === 'restart') {
          q.restart(pick * 1000);
          naive.restart();
        }
        naive.uptimeMs(q.nowMs);
        const { ready, inFlight } = q.depth();
        expect(ready + inFlight).toBe(naive.size);
      }
    }),
    { numRuns: 400 },
  );
});
