import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eachBit, Plane, popcount32 } from '../../../harness/check/state/planes.ts';

const bits = fc.array(
  fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 20_000 })),
  { maxLength: 200 },
);

const keyOf = ([lane, seq]: readonly [number, number]): string => `${lane}:${seq}`;

describe('a plane', () => {
  it('holds exactly the bits that were set and not cleared', () => {
    fc.assert(
      fc.property(bits, bits, (set, cleared) => {
        const plane = new Plane({ size: 4 });
        const model = new Set<string>();
        for (const bit of set) {
          expect(plane.set(...bit)).toBe(!model.has(keyOf(bit)));
          model.add(keyOf(bit));
        }
        for (const bit of cleared) {
          plane.clear(...bit);
          model.delete(keyOf(bit));
        }
        expect(plane.count()).toBe(model.size);
        for (const bit of [...set, ...cleared]) {
          expect(plane.get(...bit)).toBe(model.has(keyOf(bit)));
        }
      }),
    );
  });

  it('sets and counts runs of bits as it does one after the other', () => {
    const runs = fc.array(fc.tuple(...[2, 9_000, 5_000].map((max) => fc.nat({ max }))), {
      maxLength: 6,
    });
    fc.assert(
      fc.property(runs, bits, (set, others) => {
        const [plane, model] = [new Plane({ size: 4 }), new Plane({ size: 4 })];
        for (const bit of others) {
          plane.set(...bit);
          model.set(...bit);
        }
        for (const [lane = 0, first = 0, count = 0] of set) {
          const seqs = Array.from({ length: count }, (_, at) => first + at);
          const known = seqs.filter((seq) => model.get(lane, seq)).length;
          expect(plane.countRun(lane, first, count)).toBe(known);
          plane.setRun(lane, first, count);
          for (const seq of seqs) model.set(lane, seq);
          expect(plane.countRun(lane, first, count)).toBe(count);
        }
        expect(plane.count()).toBe(model.count());
      }),
      { numRuns: 30 },
    );
  });

  it('merges another by or', () => {
    fc.assert(
      fc.property(bits, bits, (mine, theirs) => {
        const lanes = { size: 4 };
        const [into, from] = [new Plane(lanes), new Plane(lanes)];
        for (const bit of mine) into.set(...bit);
        for (const bit of theirs) from.set(...bit);
        into.merge(from);
        expect(into.count()).toBe(new Set([...mine, ...theirs].map(keyOf)).size);
        for (const bit of theirs) expect(into.get(...bit)).toBe(true);
      }),
    );
  });

  it('allocates nothing for lanes that nobody registered', () => {
    const plane = new Plane({ size: 1 });
    for (const lane of [-1, 1, 77, 2 ** 31]) {
      expect(plane.set(lane, 5)).toBe(false);
      expect(plane.get(lane, 5)).toBe(false);
      plane.clear(lane, 5);
    }
    expect(plane.bytes()).toBe(0);
    expect(plane.count()).toBe(0);
  });

  it('accounts for its slabs, of which the first begins small', () => {
    const plane = new Plane({ size: 1 });
    const slabPages = 256;
    const pageBytes = 512;
    plane.set(0, 0);
    expect(plane.bytes()).toBe(4 * pageBytes);
    for (let page = 0; page < slabPages; page += 1) plane.set(0, page * 4_096 + page);
    expect(plane.bytes()).toBe(slabPages * pageBytes);
    plane.set(0, slabPages * 4_096);
    expect(plane.bytes()).toBe(2 * slabPages * pageBytes);
    expect(plane.count()).toBe(slabPages + 1);
    for (let page = 0; page < slabPages; page += 1) {
      expect(plane.get(0, page * 4_096 + page)).toBe(true);
    }
  });

  it('shows whole words, the top bit included', () => {
    const plane = new Plane({ size: 1 });
    for (const seq of [31, 32, 63, 95]) plane.set(0, seq);
    const seen: number[] = [];
    for (let word = 0; word < 4; word += 1) {
      eachBit(plane.word(0, word), word, (seq) => seen.push(seq));
    }
    expect(seen).toEqual([31, 32, 63, 95]);
  });
});

describe('popcount32', () => {
  it('counts the ones of any word, signed or not', () => {
    fc.assert(
      fc.property(fc.integer(), (word) => {
        const ones = (word >>> 0).toString(2).replaceAll('0', '').length;
        expect(popcount32(word)).toBe(ones);
        expect(popcount32(word >>> 0)).toBe(ones);
      }),
    );
  });
});
