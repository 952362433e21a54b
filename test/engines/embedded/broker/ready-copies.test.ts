import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Copy } from '../../../../engines/embedded/broker/copy.ts';
import { ReadyCopies } from '../../../../engines/embedded/broker/ready-copies.ts';

function copy(id: number, priority: number): Copy {
  const stored = { segment: 0, position: 0, length: 0, bytes: undefined };
  const message = { stored, slot: 0, priority, persistent: true };
  return { id, message, deaths: [], deliveries: 0, turn: 0, sinceMs: 0 };
}

const step = fc.oneof(
  fc.record({ do: fc.constant('push' as const), with: fc.nat(4) }),
  fc.record({ do: fc.constant('take' as const), with: fc.constant(0) }),
  fc.record({ do: fc.constant('give back' as const), with: fc.nat(9) }),
);

test('agree with a list that is sorted anew at every look', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const maxPriority = 2;
      const ready = new ReadyCopies(maxPriority);
      const naive: Copy[] = [];
      const taken: Copy[] = [];
      const rank = ({ message }: Copy): number => Math.min(message.priority, maxPriority);
      const first = (): Copy | undefined =>
        naive.toSorted((a, b) => rank(b) - rank(a) || a.id - b.id)[0];
      for (const [id, { do: what, with: number }] of steps.entries()) {
        if (what === 'push') {
          const fresh = copy(id, number);
          ready.push(fresh);
          naive.push(fresh);
        } else if (what === 'take') {
          const expected = first();
          expect(ready.shift()).toBe(expected);
          if (expected !== undefined) taken.push(...naive.splice(naive.indexOf(expected), 1));
        } else {
          const back = taken.splice(number, 1);
          for (const one of back) ready.giveBack(one);
          naive.push(...back);
        }
        expect(ready.first).toBe(first());
        expect(ready.length).toBe(naive.length);
      }
    }),
  );
});
