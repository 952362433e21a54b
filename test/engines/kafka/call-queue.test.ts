import { describe, expect, it } from 'vitest';
import { CallQueue } from '../../../engines/kafka/call-queue.ts';
import { sendLimit } from '../../../engines/kafka/traits.ts';
import { emptySending, type Sending } from '../../../engines/kafka/sending.ts';

function call(lane: number, ticket: number, bytes = 10): Sending {
  return { ...emptySending(undefined), lane, bytes, tickets: [ticket], scopes: [lane] };
}

describe('calls that may not overtake each other', () => {
  it('go one at a time in each lane, and lanes do not wait for each other', () => {
    const queue = new CallQueue();
    expect(queue.add(call(0, 1))?.tickets).toEqual([1]);
    expect(queue.add(call(0, 2))).toBeUndefined();
    expect(queue.add(call(1, 3))?.tickets).toEqual([3]);
    expect(queue.next(1)).toBeUndefined();
    expect(queue.next(0)?.tickets).toEqual([2]);
    expect(queue.next(0)).toBeUndefined();
    expect(queue.add(call(0, 4))?.tickets).toEqual([4]);
  });

  it('are joined in their order while they wait, up to the limit of a send', () => {
    const queue = new CallQueue();
    queue.add(call(0, 1));
    const half = sendLimit.bytes / 2;
    for (const ticket of [2, 3, 4]) queue.add(call(0, ticket, half));
    expect(queue.next(0)).toMatchObject({ tickets: [2, 3], scopes: [0, 0], bytes: 2 * half });
    expect(queue.next(0)?.tickets).toEqual([4]);
  });

  it('are all handed back when they are cleared; one under way does not count as waiting', () => {
    const queue = new CallQueue();
    queue.add(call(0, 1));
    expect(queue.isEmpty).toBe(true);
    queue.add(call(0, 2));
    queue.add(call(1, 3));
    queue.add(call(1, 4));
    expect(queue.isEmpty).toBe(false);
    expect(queue.clear().flatMap(({ tickets }) => tickets)).toEqual([2, 4]);
    expect(queue.isEmpty).toBe(true);
  });
});
