import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { QueueOperations } from '../../../../harness/check/order/queue-operations.ts';
import { randomFrom } from '../../../../harness/core/random.ts';

interface Message {
  readonly enqueue: readonly [number, number];
  readonly dequeue: readonly [number, number];
}

const interval = fc
  .tuple(fc.nat({ max: 12 }), fc.integer({ min: 1, max: 6 }))
  .map(([began, took]): readonly [number, number] => [began, began + took]);

const never = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY] as const;

/** A dequeue never ends before its enqueue began: what else is impossible is another check's. */
const message: fc.Arbitrary<Message> = fc
  .tuple(interval, fc.option(interval, { nil: never }))
  .map(([enqueue, [began, ended]]) => ({
    enqueue,
    dequeue: [began, Math.max(ended, enqueue[0] + 1)] as const,
  }));

interface Operation {
  readonly message: number;
  readonly isEnqueue: boolean;
  readonly at: readonly [number, number];
}

/** Tries every order that keeps what was certainly before what: Herlihy and Wing's definition itself. */
function isLinearizable(messages: readonly Message[]): boolean {
  const operations = messages.flatMap(({ enqueue, dequeue }, number): Operation[] => [
    { message: number, isEnqueue: true, at: enqueue },
    ...(dequeue === never ? [] : [{ message: number, isEnqueue: false, at: dequeue }]),
  ]);
  const search = (left: readonly Operation[], queue: readonly number[]): boolean => {
    if (left.length === 0) return true;
    return left.some((next) => {
      if (left.some((other) => other.at[1] < next.at[0])) return false;
      if (!next.isEnqueue && queue[0] !== next.message) return false;
      const after = next.isEnqueue ? [...queue, next.message] : queue.slice(1);
      return search(
        left.filter((other) => other !== next),
        after,
      );
    });
  };
  return search(operations, []);
}

function overtaken(messages: readonly Message[]): readonly number[] {
  const queue = new QueueOperations();
  for (const { enqueue, dequeue } of messages) {
    const number = queue.enqueue(enqueue[0]);
    queue.enqueued(number, enqueue[1]);
    if (dequeue !== never) queue.dequeued(number, dequeue[0], dequeue[1]);
  }
  return queue.overtaken();
}

describe('a history of one queue', () => {
  it('has an overtaken message exactly when no order of a FIFO queue explains it', () => {
    let broken = 0;
    fc.assert(
      fc.property(fc.array(message, { minLength: 1, maxLength: 4 }), (messages) => {
        const isLawful = isLinearizable(messages);
        if (!isLawful) broken += 1;
        expect(overtaken(messages).length === 0).toBe(isLawful);
      }),
      { numRuns: 2_000, seed: 20_261_125 },
    );
    expect(broken).toBeGreaterThan(50);
  });

  it('is decided at a million operations', () => {
    const queue = new QueueOperations();
    const random = randomFrom(7);
    for (let number = 0; number < 500_000; number += 1) {
      const beganNs = number * 10;
      queue.enqueue(beganNs);
      queue.enqueued(number, beganNs + 1 + random.below(100));
      queue.dequeued(number, beganNs + 1_000, beganNs + 1_001 + random.below(50));
    }
    queue.dequeued(250_000, 9_000_000, 9_000_010);
    expect(queue.overtaken()).toEqual([250_000]);
  });
});
