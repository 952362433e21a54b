import { describe, expect, test } from 'vitest';
import { LimitedCalls } from '../../../../engines/aws/front/limited-calls.ts';
import { Fronted, queue } from './front.ts';

describe('a limit of 300 calls a second', () => {
  const at = (): { readonly front: Fronted; clock: { nowMs: number } } => {
    const clock = { nowMs: 0 };
    return { front: new Fronted(new LimitedCalls(300, () => clock.nowMs)), clock };
  };
  const allowed = async (front: Fronted, operation: string, calls: number, of = queue) => {
    let count = 0;
    for (let call = 0; call < calls; call += 1) {
      const [status] = await front.ask(operation, { QueueUrl: of });
      if (status === 200) count += 1;
    }
    return count;
  };

  test('refuses the 301st call of a second by its name, and the service does not hear of it', async () => {
    const { front } = at();
    expect(await allowed(front, 'SendMessageBatch', 300)).toBe(300);
    expect(await front.ask('SendMessageBatch')).toEqual([
      400,
      expect.objectContaining({ __type: 'RequestThrottled' }),
    ]);
    expect(front.asked).toHaveLength(300);
  });

  test('takes as many again as time brings, and saves no more than a second’s worth', async () => {
    const { front, clock } = at();
    await allowed(front, 'SendMessageBatch', 300);
    clock.nowMs = 100;
    expect(await allowed(front, 'SendMessageBatch', 100)).toBe(30);
    clock.nowMs = 60_000;
    expect(await allowed(front, 'SendMessageBatch', 1_000)).toBe(300);
  });

  test('counts a batch as one call of its action, and each action and queue for itself', async () => {
    const { front } = at();
    expect(await allowed(front, 'SendMessage', 200)).toBe(200);
    expect(await allowed(front, 'SendMessageBatch', 200)).toBe(100);
    expect(await allowed(front, 'ReceiveMessage', 301)).toBe(300);
    expect(await allowed(front, 'DeleteMessageBatch', 301)).toBe(300);
    expect(await allowed(front, 'SendMessageBatch', 301, `${queue}2`)).toBe(300);
  });

  test('lets through what has no such limit', async () => {
    const { front } = at();
    expect(await allowed(front, 'GetQueueAttributes', 1_000)).toBe(1_000);
    expect(await allowed(front, 'ChangeMessageVisibilityBatch', 1_000)).toBe(1_000);
  });
});
