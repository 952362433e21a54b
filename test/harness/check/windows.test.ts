import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PositionWindow } from '../../../harness/check/order/position-window.ts';
import { AckWindow, PlaceWindow } from '../../../harness/check/state/windows.ts';

const slots = 1 << 10;
const slotOf = (lane: number, seq: number): number =>
  (Math.imul(lane, 0x9e37_79b1) + seq) & (slots - 1);

/** Few lanes with neighbours in each, as they come, so that many meet in a slot. */
const messages = fc.array(
  fc.record({ lane: fc.nat(40), seq: fc.nat(300), place: fc.nat(1_000), timeNs: fc.nat(9) }),
  { maxLength: 400 },
);

describe('a table of recent messages', () => {
  it('remembers places as if it had had all its slots from the beginning', () => {
    fc.assert(
      fc.property(messages, (all) => {
        const window = new PlaceWindow('relation', slots);
        const naive = new Map<number, { lane: number; seq: number; place: number }>();
        for (const { lane, seq, place } of all) {
          window.remember(lane, seq, 0, place, 0);
          const there = naive.get(slotOf(lane, seq));
          if (there?.lane !== lane || there.seq !== seq)
            naive.set(slotOf(lane, seq), { lane, seq, place });
        }
        for (const { lane, seq, place } of all) {
          const there = naive.get(slotOf(lane, seq));
          const isKnown = there?.lane === lane && there.seq === seq;
          const relation = isKnown ? (there.place === place ? 'same' : 'elsewhere') : 'unknown';
          expect(window.relation(lane, seq, 0, place, 0)).toBe(relation);
        }
      }),
    );
  });

  it('knows of what was displaced from its slot when that was settled, and of nothing else', () => {
    fc.assert(
      fc.property(messages, (all) => {
        const window = new AckWindow(slots);
        const naive = new Map<number, { lane: number; seq: number; ns: number; before: number }>();
        all.forEach(({ lane, seq, timeNs }, at) => {
          const ns = at * 10 + timeNs;
          window.remember(lane, seq, ns, 1);
          const before = naive.get(slotOf(lane, seq))?.ns ?? -1;
          naive.set(slotOf(lane, seq), { lane, seq, ns, before });
        });
        for (const { lane, seq } of all) {
          const there = naive.get(slotOf(lane, seq));
          const isKnown = there?.lane === lane && there.seq === seq;
          expect(window.has(lane, seq)).toBe(isKnown);
          expect(window.latestNs(lane, seq)).toBe(isKnown ? there.ns : there?.before);
        }
      }),
    );
  });

  it('costs little while little is remembered', () => {
    const window = new PlaceWindow('relation');
    for (let seq = 0; seq < 30; seq += 1) window.remember(0, seq, 0, seq, 0);
    expect(window.bytes()).toBeLessThan(8_192);
  });
});

describe('a table of recent positions', () => {
  it('remembers who stood there as if it had had all its slots from the beginning', () => {
    fc.assert(
      fc.property(messages, (all) => {
        const window = new PositionWindow(slots);
        const naive = new Map<number, { scope: number; major: number; seq: number }>();
        const slotAt = (scope: number, major: number): number =>
          (Math.imul(scope, 0x9e37_79b1) + major) & (slots - 1);
        for (const { lane: scope, place: major, seq } of all) {
          window.remember(scope, major, 0, 7, seq);
          naive.set(slotAt(scope, major), { scope, major, seq });
        }
        for (const { lane: scope, place: major } of all) {
          const there = naive.get(slotAt(scope, major));
          const isThere = there?.scope === scope && there.major === major;
          expect(window.look(scope, major, 0)).toBe(isThere);
          if (isThere) expect([window.lane, window.seq]).toEqual([7, there.seq]);
        }
      }),
    );
  });
});
