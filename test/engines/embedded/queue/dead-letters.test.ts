import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Status } from '../../../../engines/embedded/protocol/protocol.ts';
import type { QueueAttributes } from '../../../../engines/embedded/protocol/queue-attributes.ts';
import { type Copy, DrivenQueue } from './driven-queue.ts';

/** A queue whose dead letters go to another, and that one's id. */
function withDeadLetters(
  maxReceives: number,
  attributes: Partial<QueueAttributes> = {},
): { q: DrivenQueue; dead: number } {
  const q = new DrivenQueue(attributes);
  const dead = q.create('dead', attributes);
  q.queue = q.create('main', {
    ...attributes,
    deadLetters: { kind: 'queue', queue: dead, maxReceives },
  });
  return { q, dead };
}

function receiveAndLose(q: DrivenQueue, times: number): void {
  for (let time = 0; time < times; time += 1) {
    expect(q.receive().copies?.length).toBeGreaterThan(0);
    q.nowMs += q.leaseMs;
    q.broker.tick(q.nowMs);
  }
}

const empty = { ready: 0, inFlight: 0 };

describe('dead letters', () => {
  test('a message that was received as often as allowed is moved when its last lease ends', () => {
    const { q, dead } = withDeadLetters(2);
    const [id] = q.send([{ body: 'x' }]) as [number];
    receiveAndLose(q, 1);
    expect(q.depth(dead)).toEqual(empty);
    receiveAndLose(q, 1);
    expect(q.depth()).toEqual(empty);
    expect(q.receive({ queue: dead }).copies).toMatchObject([{ id, body: 'x', attempt: 1 }]);
  });

  test('giving a message back counts as much as the end of its lease', () => {
    const { q, dead } = withDeadLetters(1);
    q.send([{ body: 'x' }]);
    const poll = q.receive({ queue: dead, session: 2, maxWaitMs: 1000 });
    q.requeue(q.receive().copies ?? []);
    expect(poll.copies).toMatchObject([{ body: 'x' }]);
  });

  test('a message that is deleted by its last receive is none', () => {
    const { q, dead } = withDeadLetters(1);
    q.send([{ body: 'x' }]);
    expect(q.remove(q.receive().copies ?? [])).toEqual([Status.ok]);
    q.nowMs += 1000;
    expect([q.depth(), q.depth(dead)]).toEqual([empty, empty]);
  });

  test('a rejected message is moved at once, and deleted where there are no dead letters', () => {
    const { q, dead } = withDeadLetters(9);
    q.send([{ body: 'x' }]);
    expect(q.reject(q.receive().copies ?? [])).toEqual([Status.ok]);
    expect(q.depth()).toEqual(empty);
    expect(q.bodies({ queue: dead })).toEqual(['x']);
    const plain = new DrivenQueue();
    plain.send([{ body: 'y' }]);
    expect(plain.reject(plain.receive().copies ?? [])).toEqual([Status.ok]);
    expect(plain.depth()).toEqual(empty);
  });

  test('a receipt that is worth nothing rejects nothing', () => {
    const { q } = withDeadLetters(9);
    q.send([{ body: 'x' }]);
    const stale = q.receive().copies ?? [];
    q.nowMs += q.leaseMs;
    expect(q.reject(stale)).toEqual([Status.receiptExpired]);
    expect(q.depth()).toEqual({ ready: 1, inFlight: 0 });
  });

  test('a group goes on when its head has become a dead letter, which keeps its group', () => {
    const { q, dead } = withDeadLetters(1, { order: 'message-groups' });
    q.send([
      { body: '1', group: 'g' },
      { body: '2', group: 'g' },
      { body: '3', group: 'g' },
    ]);
    for (const body of ['1', '2']) {
      const copies = q.receive({ maxMessages: 1 }).copies ?? [];
      expect(copies).toMatchObject([{ body }]);
      q.reject(copies);
    }
    expect(q.bodies()).toEqual(['3']);
    expect(q.bodies({ queue: dead, maxMessages: 1 })).toEqual(['1']);
    expect(q.bodies({ queue: dead })).toEqual([]);
  });

  test('a restart moves what had its last receive before, and keeps what was moved', () => {
    const { q, dead } = withDeadLetters(1);
    q.send([{ body: 'moved' }]);
    receiveAndLose(q, 1);
    q.send([{ body: 'held' }]);
    q.receive();
    q.restart();
    expect(q.depth()).toEqual(empty);
    q.restart();
    expect(q.bodies({ queue: dead })).toEqual(['moved', 'held']);
  });

  test('a full disk keeps a dead letter out of sight until there is room', () => {
    const { q, dead } = withDeadLetters(1);
    q.send([{ body: 'x' }]);
    q.receive();
    q.storage.room = 0;
    q.nowMs += q.leaseMs;
    expect([q.depth(), q.depth(dead)]).toEqual([{ ready: 1, inFlight: 0 }, empty]);
    expect(q.receive({ maxWaitMs: 0 }).copies).toEqual([]);
    q.storage.room = 1000;
    expect(q.depth()).toEqual(empty);
    expect(q.bodies({ queue: dead })).toEqual(['x']);
  });

  test('need a queue of the same order, and that one cannot be deleted before', () => {
    const { q, dead } = withDeadLetters(1);
    const refusals: string[] = [];
    const deadLetters = { kind: 'queue', queue: dead, maxReceives: 1 } as const;
    expect(() => q.create('fifo', { order: 'message-groups', deadLetters })).toThrow(
      'another order',
    );
    expect(() => q.create('none', { deadLetters: { ...deadLetters, queue: 99 } })).toThrow(
      'no queue',
    );
    const deleted = (id: number): void =>
      q.broker.directory.deleteQueue(id, (done) => {
        refusals.push(done.status === Status.ok ? 'deleted' : done.reason);
      });
    deleted(dead);
    deleted(q.queue);
    deleted(dead);
    expect(refusals).toEqual(['it takes the dead letters of main', 'deleted', 'deleted']);
  });
});

describe('a redrive', () => {
  test('brings messages back as if they were new, and no receipt of before is good again', () => {
    const { q, dead } = withDeadLetters(1);
    const [id] = q.send([{ body: 'x' }]) as [number];
    const stale = q.receive().copies as readonly Copy[];
    q.requeue(stale);
    expect(q.redrive(dead)).toEqual([id]);
    const [again] = q.receive().copies as [Copy];
    expect(again).toMatchObject({ id, body: 'x', attempt: 1 });
    expect(q.remove(stale)).toEqual([Status.receiptExpired]);
    expect(q.remove([again])).toEqual([Status.ok]);
  });

  test('leaves what somebody holds, and moves no more than it was asked to, oldest first', () => {
    const { q, dead } = withDeadLetters(1);
    q.send(['a', 'b', 'c', 'd'].map((body) => ({ body })));
    receiveAndLose(q, 1);
    q.receive({ queue: dead, maxMessages: 1 });
    q.redrive(dead, q.queue, 2);
    expect(q.bodies()).toEqual(['b', 'c']);
    expect(q.depth(dead)).toEqual({ ready: 1, inFlight: 1 });
  });

  test('lets a message be kept for as long as a new one, also across a restart', () => {
    const q = new DrivenQueue();
    const dead = q.queue;
    const deadLetters = { kind: 'queue', queue: dead, maxReceives: 1 } as const;
    q.queue = q.create('main', { deadLetters, retentionMs: 500 });
    q.send([{ body: 'x' }]);
    receiveAndLose(q, 1);
    q.nowMs = 700;
    q.redrive(dead);
    q.nowMs = 1_199;
    expect(q.depth().ready).toBe(1);
    q.restart();
    expect(q.depth().ready).toBe(1);
    q.nowMs += 500;
    expect(q.depth()).toEqual(empty);
  });

  test('survives a restart', () => {
    const { q, dead } = withDeadLetters(1);
    q.send([{ body: 'x' }]);
    receiveAndLose(q, 1);
    q.redrive(dead);
    q.restart();
    expect(q.depth(dead)).toEqual(empty);
    expect(q.receive().copies).toMatchObject([{ body: 'x', attempt: 1 }]);
  });

  test('a full disk leaves everything where it was', () => {
    const { q, dead } = withDeadLetters(1);
    q.send([{ body: 'x' }]);
    receiveAndLose(q, 1);
    q.storage.room = 0;
    expect(() => q.redrive(dead)).toThrow(/cannot be written/);
    q.storage.room = 1000;
    expect(q.bodies({ queue: dead })).toEqual(['x']);
  });

  test('to a queue of another order, or to itself, is refused', () => {
    const { q, dead } = withDeadLetters(1);
    const fifo = q.create('fifo', { order: 'message-groups' });
    expect(() => q.redrive(dead, fifo)).toThrow('same order');
    expect(() => q.redrive(dead, dead)).toThrow('another queue');
  });
});

test('whatever happens, every message is delivered as often as allowed at most, and is in one place', () => {
  const step = fc.record({
    act: fc.constantFrom(
      'send',
      'receive',
      'remove',
      'requeue',
      'reject',
      'redrive',
      'wait',
      'restart',
    ),
    pick: fc.nat({ max: 20 }),
    group: fc.constantFrom('a', 'b', undefined),
  });
  const order = fc.constantFrom('arrival' as const, 'message-groups' as const);
  fc.assert(
    fc.property(order, fc.array(step, { maxLength: 80 }), (of, steps) => {
      const maxReceives = 2;
      const { q, dead } = withDeadLetters(maxReceives, { order: of });
      const attempts = new Map<string, number>();
      const receipts: Copy[] = [];
      const alive = new Set<string>();
      for (const [at, { act, pick, group }] of steps.entries()) {
        q.nowMs += 1;
        const receipt = receipts[pick % Math.max(1, receipts.length)];
        if (act === 'send') {
          q.send([{ body: `m${at}`, group: of === 'arrival' ? undefined : group }]);
          alive.add(`m${at}`);
        } else if (act === 'receive') {
          for (const copy of q.receive({ maxMessages: 1 + (pick % 3) }).copies ?? []) {
            expect(copy.attempt).toBe((attempts.get(copy.body) ?? 0) + 1);
            expect(copy.attempt).toBeLessThanOrEqual(maxReceives);
            attempts.set(copy.body, copy.attempt);
            receipts.push(copy);
          }
        } else if (act === 'redrive') {
          for (const id of q.redrive(dead)) {
            const back = receipts.find((copy) => copy.id === id);
            if (back !== undefined) attempts.delete(back.body);
          }
        } else if (act === 'wait') q.nowMs += pick * 10;
        else if (act === 'restart') q.restart();
        else if (receipt !== undefined && act === 'remove') {
          if (q.remove([receipt])[0] === Status.ok) alive.delete(receipt.body);
        } else if (receipt !== undefined && act === 'reject') q.reject([receipt]);
        else if (receipt !== undefined) q.requeue([receipt]);
        const [main, there] = [q.depth(), q.depth(dead)];
        expect(main.ready + main.inFlight + there.ready + there.inFlight).toBe(alive.size);
      }
      q.nowMs += 10 * q.leaseMs;
      const rest = new Set<string>();
      const mode = { kind: 'delete' } as const;
      for (const queue of [q.queue, dead]) {
        for (const body of q.bodies({ queue, mode, maxMessages: 1000 })) rest.add(body);
      }
      expect(rest).toEqual(alive);
    }),
    { numRuns: 300 },
  );
});
