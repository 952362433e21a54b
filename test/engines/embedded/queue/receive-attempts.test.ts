import { describe, expect, test } from 'vitest';
import { DrivenQueue } from './driven-queue.ts';

const fifo = { order: 'message-groups' } as const;
const letters = ['1', '2', '3'].map((body) => ({ body, group: 'g' }));

describe('a receive that is asked for again', () => {
  test('gets the same messages with the same receipts, and their leases run anew', () => {
    const q = new DrivenQueue(fifo);
    q.send(letters);
    const first = q.receive({ attemptId: 'a', maxMessages: 2 }).copies;
    q.nowMs = 60;
    expect(q.receive({ attemptId: 'a', maxMessages: 2, session: 2 }).copies).toEqual(first);
    q.nowMs = 150;
    expect(q.bodies()).toEqual([]);
    q.nowMs = 160;
    expect(q.receive().copies?.map(({ receiveCount }) => receiveCount)).toEqual([2, 2, 1]);
  });

  test.each(['remove', 'requeue'] as const)(
    'is another one when one of them was settled: %s',
    (how) => {
      const q = new DrivenQueue(fifo);
      q.send(letters);
      const copies = q.receive({ attemptId: 'a', maxMessages: 2 }).copies ?? [];
      q[how](copies.slice(0, 1));
      expect(q.receive({ attemptId: 'a' }).copies).toEqual([]);
      expect(q.remove(copies.slice(1))).toEqual([0]);
    },
  );

  test('is another one when the lease has ended, and after a restart', () => {
    const q = new DrivenQueue(fifo);
    q.send(letters);
    q.receive({ attemptId: 'a', maxMessages: 1 });
    q.nowMs = 100;
    expect(q.receive({ attemptId: 'a', maxMessages: 1 }).copies).toMatchObject([
      { receiveCount: 2 },
    ]);
    q.restart();
    expect(q.receive({ attemptId: 'a', maxMessages: 1 }).copies).toMatchObject([
      { receiveCount: 3 },
    ]);
  });

  test('is another one under another id, or under none', () => {
    const q = new DrivenQueue(fifo);
    q.send(letters);
    q.receive({ attemptId: 'a', maxMessages: 1 });
    expect(q.bodies({ attemptId: 'b' })).toEqual([]);
    expect(q.bodies()).toEqual([]);
  });

  test('that found nothing is not remembered as such', () => {
    const q = new DrivenQueue(fifo);
    expect(q.bodies({ attemptId: 'a' })).toEqual([]);
    q.send(letters);
    expect(q.bodies({ attemptId: 'a' })).toEqual(['1', '2', '3']);
  });

  test('is answered only when the first receive is committed', () => {
    const q = new DrivenQueue(fifo, { fsync: { kind: 'every-batch' } });
    q.send(letters);
    q.storage.held = [];
    q.receive({ attemptId: 'a' });
    const again = q.receive({ attemptId: 'a' });
    expect(again.copies).toBeUndefined();
    while (q.storage.held.length > 0) q.storage.held.splice(0).forEach((done) => done(null));
    expect(again.copies).toHaveLength(3);
  });
});
