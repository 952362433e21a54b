import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Status } from '../../../../engines/embedded/protocol/protocol.ts';
import { CallQuota } from '../../../../engines/embedded/queue/call-quota.ts';
import type { Received } from '../../../../engines/embedded/queue/queue-requests.ts';
import { DrivenQueue } from './driven-queue.ts';

const quota = { kind: 'calls', callsPerSecond: 3, messagesPerCall: 2 } as const;
const letter = [{ body: 'x' }];

describe('the quota of calls', () => {
  test('allows a second’s worth at once, and then as many as time brings', () => {
    const q = new DrivenQueue({ quota });
    const statuses = (): (number | undefined)[] =>
      [1, 2, 3, 4].map(() => q.trySend(letter).answer?.status);
    const { ok, throttled } = Status;
    expect(statuses()).toEqual([ok, ok, ok, throttled]);
    q.nowMs = 334;
    expect(statuses()).toEqual([ok, throttled, throttled, throttled]);
    q.nowMs = 5000;
    expect(statuses()).toEqual([ok, ok, ok, throttled]);
    expect(q.depth().ready).toBe(7);
  });

  test('counts each action for itself, and what it refuses does nothing', () => {
    const q = new DrivenQueue({ quota });
    const tries = [1, 2, 3, 4];
    for (const _ of tries) q.trySend(letter);
    const received: Received[] = [];
    const request = {
      queue: q.queue,
      maxMessages: 1,
      maxBytes: 1000,
      maxWaitMs: 0,
      attemptId: undefined,
      mode: { kind: 'lease', leaseMs: 100 },
    } as const;
    for (const _ of tries) q.broker.receive(1, request, 0, (answer) => received.push(answer));
    expect(received.map(({ status }) => status)).toEqual([0, 0, 0, Status.throttled]);
    const [first] = received;
    const held = first?.status === Status.ok ? first.messages : [];
    const deleted: number[] = [];
    for (const _ of tries) q.broker.remove(q.queue, held, 0, ({ status }) => deleted.push(status));
    expect(deleted).toEqual([0, 0, 0, Status.throttled]);
    const changed = tries.map(() => q.broker.changeVisibility(q.queue, held, 5, 0).status);
    expect(changed).toEqual([0, 0, 0, Status.throttled]);
    expect(q.depth()).toEqual({ ready: 0, inFlight: 2 });
  });

  test('a call may not have more messages than it says', () => {
    const q = new DrivenQueue({ quota: { ...quota, callsPerSecond: 100 } });
    const three = [...letter, ...letter, ...letter];
    expect(q.trySend(three).answer).toMatchObject({ status: Status.tooLarge });
    q.send([...letter, ...letter]);
    q.send(letter);
    const held = q.receive({ maxMessages: 10 }).copies ?? [];
    expect(held).toHaveLength(2);
    const rest = q.receive().copies ?? [];
    expect(q.remove([...held, ...rest])).toEqual([]);
    expect(q.depth().inFlight).toBe(3);
  });

  test('never allows more than the rate and one second’s worth, and that much to who asks all the time', () => {
    const pauses = fc.array(fc.nat({ max: 300 }), { maxLength: 60 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), pauses, (callsPerSecond, list) => {
        const of = new CallQuota({ kind: 'calls', callsPerSecond, messagesPerCall: 1 });
        let nowMs = 0;
        let allowed = 0;
        for (const pauseMs of [0, ...list]) {
          nowMs += pauseMs;
          while (of.allows('send', nowMs)) allowed += 1;
          expect(allowed).toBeLessThanOrEqual(
            callsPerSecond + (nowMs * callsPerSecond) / 1000 + 1e-6,
          );
        }
        const isSteady = list.every((pauseMs) => pauseMs < 1000);
        const least = callsPerSecond + Math.floor((nowMs * callsPerSecond) / 1000) - 1;
        if (isSteady) expect(allowed).toBeGreaterThanOrEqual(least);
      }),
    );
  });
});

test('no more messages are in hands than the queue allows', () => {
  const q = new DrivenQueue({ maxInFlight: 2 });
  q.send([...letter, ...letter, ...letter]);
  const held = q.receive().copies ?? [];
  expect(held).toHaveLength(2);
  const poll = q.receive({ session: 2, maxWaitMs: 1000 });
  expect(poll.copies).toBeUndefined();
  q.remove(held.slice(1));
  expect(poll.copies).toHaveLength(1);
});
