import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DisorderSpec } from '../../../../engines/embedded/protocol/queue-attributes.ts';
import { type Copy, DrivenQueue } from './driven-queue.ts';

const spec = (changes: Partial<Extract<DisorderSpec, { kind: 'seeded' }>>): DisorderSpec => ({
  kind: 'seeded',
  seed: 1,
  latePermille: 0,
  passedByMost: 5,
  undeletedPermille: 0,
  ...changes,
});
const bodies = (count: number): { body: string }[] =>
  Array.from({ length: count }, (_, index) => ({ body: `${index}` }));

function received(disorder: DisorderSpec, count: number): readonly string[] {
  const q = new DrivenQueue({ disorder });
  q.send(bodies(count));
  return q.bodies({ maxMessages: count });
}

describe('a queue that may be careless', () => {
  test('lets messages pass each other, the same ones for a seed, and loses none', () => {
    const inOrder = bodies(200).map(({ body }) => body);
    const seen = received(spec({ latePermille: 100 }), 200);
    expect(seen).not.toEqual(inOrder);
    expect(seen.toSorted((a, b) => Number(a) - Number(b))).toEqual(inOrder);
    expect(received(spec({ latePermille: 100 }), 200)).toEqual(seen);
    expect(received(spec({ latePermille: 100, seed: 2 }), 200)).not.toEqual(seen);
    expect(received(spec({}), 200)).toEqual(inOrder);
  });

  test('lets no message be passed by more than it may', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 9 }), (seed, passedByMost) => {
        const seen = received(spec({ seed, latePermille: 300, passedByMost }), 100).map(Number);
        for (const [at, number] of seen.entries()) {
          const passed = seen.slice(0, at).filter((other) => other > number);
          expect(passed.length).toBeLessThanOrEqual(passedByMost);
        }
      }),
    );
  });

  test('answers a deletion well and hands the message out again when its lease ends', () => {
    const q = new DrivenQueue({ disorder: spec({ undeletedPermille: 1000 }) });
    q.send(bodies(1));
    const [first] = q.receive().copies as [Copy];
    expect(q.remove([first])).toEqual([0]);
    q.nowMs = q.leaseMs - 1;
    expect(q.bodies()).toEqual([]);
    q.nowMs = q.leaseMs;
    expect(q.receive().copies).toEqual([{ ...first, receiveCount: 2, attempt: 2 }]);
  });

  test('forgets about so many deletions as it may, and those of a thousand that it may not stay deleted', () => {
    const q = new DrivenQueue({ disorder: spec({ undeletedPermille: 100 }) });
    q.send(bodies(1000));
    q.remove(q.receive({ maxMessages: 1000 }).copies ?? []);
    const { inFlight, ready } = q.depth();
    expect(ready).toBe(0);
    expect(inFlight).toBeGreaterThan(50);
    expect(inFlight).toBeLessThan(200);
  });
});
