import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BodyContent, BodySlabs } from '../../../harness/actors/body-slabs.ts';

/** Every byte is the same. */
const content: BodyContent = {
  write: (body) => void body.fill(7),
  isIn: (body) => body.every((byte) => byte === 7),
};

describe('the memory of message bodies', () => {
  it('is used again when every message of a block was answered ok', () => {
    const slabs = new BodySlabs(65_536, 'alike', content);
    const first = slabs.cut(65_536);
    const id = slabs.current;
    slabs.cut(65_536);
    slabs.settled(id, true);
    expect(slabs.cut(65_536)).toBe(first);
  });

  it('is never used again after any other outcome', () => {
    const slabs = new BodySlabs(65_536, 'alike', content);
    const first = slabs.cut(65_536);
    const id = slabs.current;
    slabs.cut(65_536);
    slabs.settled(id, false);
    for (let n = 0; n < 10; n += 1) {
      expect(slabs.cut(65_536).buffer).not.toBe(first.buffer);
    }
  });

  it.each(['alike', 'unlike'] as const)('holds its content when sizes are %s', (sizes) => {
    const slabs = new BodySlabs(1_024, sizes, content);
    for (let n = 0; n < 300; n += 1) {
      expect(content.isIn(slabs.cut(1_024))).toBe(true);
      slabs.settled(slabs.current, true);
    }
  });

  it('is not given out again unnoticed when a client writes into bodies', () => {
    const slabs = new BodySlabs(32_768, 'alike', content);
    const scribble = (): void => {
      slabs.cut(32_768).fill(8);
      slabs.settled(slabs.current, true);
    };
    for (let n = 0; n < 4; n += 1) scribble();
    expect(scribble).toThrow(expect.objectContaining({ code: 'BAD_ENGINE' }));
  });

  it('never hands out bytes that an unsettled or tainted message still has', () => {
    const sizes = fc.oneof(
      fc.constantFrom(64, 320, 20_000, 65_536).map((largest) => ({
        kind: 'alike' as const,
        largest,
        bytesOf: () => largest,
      })),
      fc.constantFrom(64, 5_000, 65_536, 100_000).map((largest) => ({
        kind: 'unlike' as const,
        largest,
        bytesOf: (drawn: number) => 1 + (drawn % largest),
      })),
    );
    const step = fc.record({ settle: fc.boolean(), isOk: fc.boolean(), which: fc.nat() });
    fc.assert(
      fc.property(sizes, fc.array(step), ({ kind, largest, bytesOf }, steps) => {
        const slabs = new BodySlabs(largest, kind, content);
        const open: { readonly id: number; readonly body: Buffer }[] = [];
        const untouchable = new Map<ArrayBufferLike, Map<number, number>>();
        const taken = (body: Buffer): Map<number, number> => {
          const known = untouchable.get(body.buffer) ?? new Map<number, number>();
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
            const bytes = bytesOf(which);
            const body = slabs.cut(bytes);
            expect(body.length).toBe(bytes);
            const overlaps = [...taken(body)].some(
              ([from, length]) => from < body.byteOffset + bytes && body.byteOffset < from + length,
            );
            expect(overlaps).toBe(false);
            taken(body).set(body.byteOffset, bytes);
            open.push({ id: slabs.current, body });
          }
        }
      }),
    );
  });
});
