import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DrivenQueue } from './driven-queue.ts';

describe('delays', () => {
  test('a delayed message is hidden until it is due, to the millisecond, and counts all the while', () => {
    const q = new DrivenQueue();
    q.send([{ body: 'late', delayMs: 30 }, { body: 'prompt' }]);
    expect(q.bodies()).toEqual(['prompt']);
    expect(q.depth()).toEqual({ ready: 1, inFlight: 1 });
    expect(q.broker.nextWakeMs()).toBe(30);
    q.nowMs = 29;
    expect(q.bodies()).toEqual([]);
    q.nowMs = 30;
    expect(q.bodies()).toEqual(['late']);
  });

  test('a long poll gets a delayed message when it is due', () => {
    const q = new DrivenQueue();
    const poll = q.receive({ maxWaitMs: 1000 });
    q.send([{ body: 'late', delayMs: 30 }]);
    expect(poll.copies).toBeUndefined();
    q.nowMs = 30;
    q.broker.tick(q.nowMs);
    expect(poll.copies).toMatchObject([{ body: 'late' }]);
  });

  test('the delay of the queue is for messages that name none of their own', () => {
    const q = new DrivenQueue({ delayMs: 50 });
    q.send([{ body: 'own', delayMs: 20 }, { body: 'of the queue' }]);
    q.nowMs = 20;
    expect(q.bodies()).toEqual(['own']);
    q.nowMs = 50;
    expect(q.bodies()).toEqual(['of the queue']);
  });

  test('a FIFO queue with a delay keeps its groups in order', () => {
    const q = new DrivenQueue({ order: 'message-groups', delayMs: 50 });
    q.send([{ body: '1', group: 'g' }]);
    q.nowMs = 10;
    q.send([
      { body: '2', group: 'g' },
      { body: '3', group: 'g' },
    ]);
    q.nowMs = 60;
    expect(q.bodies()).toEqual(['1', '2', '3']);
  });

  test('a restart makes nothing due early', () => {
    const q = new DrivenQueue();
    q.send([{ body: 'late', delayMs: 30 }]);
    q.nowMs = 20;
    q.restart(5_000);
    expect(q.bodies()).toEqual([]);
    q.nowMs += 29;
    expect(q.bodies()).toEqual([]);
    q.nowMs += 1;
    expect(q.bodies()).toEqual(['late']);
  });

  test('whatever is sent when, nothing comes before it is due, and everything by then', () => {
    const sends = fc.array(
      fc.record({ pauseMs: fc.nat({ max: 9 }), delayMs: fc.nat({ max: 40 }) }),
    );
    fc.assert(
      fc.property(sends, (list) => {
        const q = new DrivenQueue();
        const dueMs = new Map<string, number>();
        const seen = new Set<string>();
        const look = (): void => {
          for (const { body } of q.receive({ mode: { kind: 'delete' }, maxMessages: 100 }).copies ??
            []) {
            expect(q.nowMs).toBeGreaterThanOrEqual(dueMs.get(body) ?? Number.POSITIVE_INFINITY);
            expect(seen.has(body)).toBe(false);
            seen.add(body);
          }
          for (const [body, due] of dueMs) expect(seen.has(body)).toBe(due <= q.nowMs);
        };
        for (const [index, { pauseMs, delayMs }] of list.entries()) {
          q.nowMs += pauseMs;
          const body = `m${index}`;
          q.send([{ body, delayMs }]);
          dueMs.set(body, q.nowMs + delayMs);
          look();
        }
        for (let left = 0; left < 40; left += 1) {
          q.nowMs += 1;
          look();
        }
      }),
    );
  });
});
