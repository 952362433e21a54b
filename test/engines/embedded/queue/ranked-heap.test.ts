import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { RankedHeap } from '../../../../engines/embedded/queue/ranked-heap.ts';

test('a heap gives back its items by rank, and those of one rank in the order of their coming', () => {
  const steps = fc.array(fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constant('pop' as const)));
  fc.assert(
    fc.property(steps, (list) => {
      const heap = new RankedHeap<number>();
      let naive: { rank: number; item: number }[] = [];
      for (const [item, step] of list.entries()) {
        if (step === 'pop') {
          const lowest = naive.toSorted((a, b) => a.rank - b.rank || a.item - b.item)[0];
          naive = naive.filter((one) => one !== lowest);
          expect(heap.pop()?.item).toBe(lowest?.item);
        } else {
          heap.push(step, item);
          naive.push({ rank: step, item });
        }
        expect(heap.size).toBe(naive.length);
      }
    }),
  );
});
