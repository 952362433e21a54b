import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BodySlabs } from '../../../harness/actors/body-slabs.ts';

describe('the memory of message bodies', () => {
  it('is used again when every message of a block was answered ok', () => {
    const slabs = new BodySlabs(65_536);
    const first = slabs.cut();
    const id = slabs.current;
    slabs.cut();
    slabs.settled(id, true);
    expect(slabs.cut()).toBe(first);
  });

  it('is never used again after any other outcome', () => {
    const slabs = new BodySlabs(65_536);
    const first = slabs.cut();
    const id = slabs.current;
    slabs.cut();
    slabs.settled(id, false);
    for (let n = 0; n < 10; n += 1) {
      expect(slabs.cut().buffer).not.toBe(first.buffer);
    }
  });

  it('never hands out bytes that an unsettled or tainted message still has', () => {
    const step = fc.record({ settle: fc.boolean(), isOk: fc.boolean(), which: fc.nat() });
    fc.assert(
      fc.property(fc.constantFrom(64, 320, 20_000, 65_536), fc.array(step), (bytes, steps) => {
        const slabs = new BodySlabs(bytes);
        const open: { readonly id: number; readonly body: Buffer }[] = [];
        const untouchable = new Map<ArrayBufferLike, Set<number>>();
        const taken = (body: Buffer): Set<number> => {
          const known = untouchable.get(body.buffer) ?? new Set();
          untouchable.set(body.buffer, known);
          return known;
        };
        for (const { settle, isOk, which } of steps) {
          if (settle && open.length > 0) {
            const [settled] = open.splice(which % open.length, 1);
            if (settled === undefined) continue;
            slabs.settled(settled.id, isOk);
            // What a client may still hold stays untouchable for ever.
            if (isOk) taken(settled.body).delete(settled.body.byteOffset);
          } else {
            const body = slabs.cut();
            expect(body.length).toBe(bytes);
            expect(taken(body).has(body.byteOffset)).toBe(false);
            taken(body).add(body.byteOffset);
            open.push({ id: slabs.current, body });
          }
        }
      }),
    );
  });
});
