import { describe, expect, test } from 'vitest';
import { Status } from '../../../../engines/embedded/protocol/protocol.ts';
import type {
  Received,
  ReceivedMessage,
} from '../../../../engines/embedded/queue/queue-requests.ts';
import { attributesOf } from '../../../../engines/queue/attributes.ts';
import { profiles } from '../../../../engines/queue/profiles.ts';
import { DrivenQueue } from './driven-queue.ts';

const letters = (count: number) => Array.from({ length: count }, () => ({ body: 'x' }));
const leaseMs = 30_000;

describe('the 301st call of a second to a FIFO queue', () => {
  const { options } = profiles['fifo-quota'];

  test('is throttled, and the next one is not when a 300th of a second has passed', () => {
    const q = new DrivenQueue(attributesOf(options, { kind: 'none' }));
    const statuses = Array.from({ length: 301 }, () => q.trySend(letters(1)).answer?.status);
    expect(statuses.slice(0, 300).every((status) => status === Status.ok)).toBe(true);
    expect(statuses[300]).toBe(Status.throttled);
    expect(q.depth().ready).toBe(300);
    q.nowMs = 1_000 / 300;
    expect(q.trySend(letters(10)).answer?.status).toBe(Status.ok);
    expect(q.trySend(letters(1)).answer?.status).toBe(Status.throttled);
  });
});

describe('the 120,001st message in flight', () => {
  const filled = (profile: 'lease' | 'fifo'): DrivenQueue => {
    const q = new DrivenQueue(attributesOf(profiles[profile].options, { kind: 'none' }), {
      maxInFlight: 1_000_000,
    });
    for (let batch = 0; batch < 2_401; batch += 1) q.send(letters(50));
    return q;
  };
  const receive = (q: DrivenQueue, maxMessages: number, maxWaitMs: number) => {
    const answers: Received[] = [];
    const mode = { kind: 'lease', leaseMs } as const;
    const request = { queue: q.queue, maxMessages, maxBytes: 1e9, attemptId: undefined, mode };
    q.broker.receive(1, { ...request, maxWaitMs }, q.nowMs, (answer) => answers.push(answer));
    return answers;
  };
  /** As many as there are, or as may be in hands. */
  const receiveAll = (q: DrivenQueue): readonly ReceivedMessage[] => {
    const all: ReceivedMessage[] = [];
    for (let call = 0; call < 120; call += 1) all.push(...taken(receive(q, 1_000, 0)));
    return all;
  };
  const taken = ([answer]: readonly Received[]) =>
    answer?.status === Status.ok ? answer.messages : [];

  test('is refused to who does not wait for it, and comes to who does when another is deleted', () => {
    const q = filled('lease');
    const held = receiveAll(q);
    expect(held).toHaveLength(120_000);
    expect(receive(q, 1, 0)).toMatchObject([{ status: Status.overLimit }]);
    const waiting = receive(q, 10, 20_000);
    expect(waiting).toEqual([]);
    q.nowMs = 10_000;
    q.broker.remove(q.queue, held.slice(0, 1), q.nowMs, () => {});
    expect(taken(waiting)).toHaveLength(1);
    expect(receive(q, 1, 0)).toMatchObject([{ status: Status.overLimit }]);
  });

  test('is not given out of a FIFO queue either, which does not say so', () => {
    const q = filled('fifo');
    expect(receiveAll(q)).toHaveLength(120_000);
    expect(receive(q, 1, 0)).toEqual([{ status: Status.ok, messages: [] }]);
  });
});
