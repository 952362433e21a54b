import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TrackFloors } from '../../../../harness/check/order/track-floors.ts';
import { Floors } from '../../../../harness/check/order/send-floors.ts';
import { type HistoryBuilder, historyOf, judge, resultOf } from '../history-of.ts';

const placed = { placed: true };
const counts = (history: HistoryBuilder): readonly unknown[] =>
  (['O5', 'O6'] as const).map((id) => {
    const result = resultOf(judge(history, placed), id);
    return result.status === 'decided' ? result.count : result.status;
  });

describe('the order of sends', () => {
  it('finds a send that stands below an earlier one of its lane, against real time, too', () => {
    expect(counts(historyOf().send(0, 0, 'ok', [0, 5]).send(0, 1, 'ok', [0, 4]))).toEqual([1, 1]);
  });

  it('finds a send that stands below an earlier one of another lane', () => {
    expect(counts(historyOf().send(0, 0, 'ok', [0, 5]).send(1, 0, 'ok', [0, 4]))).toEqual([0, 1]);
  });

  it('lets sends that were open together stand in either order', () => {
    const history = historyOf().invoke(0, 0).invoke(0, 1);
    history.settled(0, 1, 'ok', [0, 0]).settled(0, 0, 'ok', [0, 1]);
    expect(counts(history)).toEqual([0, 0]);
  });

  it('compares within a scope only', () => {
    expect(counts(historyOf().send(0, 0, 'ok', [0, 5]).send(0, 1, 'ok', [1, 4]))).toEqual([0, 0]);
  });

  it('asks nothing of a message that was sent again: either copy may be the one answered for', () => {
    const history = historyOf().invoke(0, 0).send(0, 1, 'ok', [0, 5]);
    history.invoke(0, 0, 2).settled(0, 0, 'ok', [0, 4]);
    expect(counts(history)).toEqual([0, 0]);
  });

  it('exempts lanes that promise no order from O5, not from O6', () => {
    expect(counts(historyOf().send(4, 0, 'ok', [0, 5]).send(4, 1, 'ok', [0, 4]))).toEqual([0, 1]);
  });

  it('agrees with every pair of sends compared on every small history', () => {
    let broken = 0;
    const one = fc.record({ lane: fc.nat({ max: 1 }), position: fc.nat({ max: 9 }) });
    const step = fc.oneof(one, fc.constant('settle' as const));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 16 }), (steps) => {
        const history = historyOf();
        const next = [0, 0];
        const sends: { lane: number; position: number; at: number; answered: number }[] = [];
        const open: { lane: number; seq: number; of: (typeof sends)[number] }[] = [];
        for (const what of steps) {
          if (what === 'settle') {
            const first = open.shift();
            if (first === undefined) continue;
            history.settled(first.lane, first.seq, 'ok', [0, first.of.position]);
            first.of.answered = history.nowNs;
            continue;
          }
          const { lane, position } = what;
          const seq = next[lane] ?? 0;
          next[lane] = seq + 1;
          history.invoke(lane, seq);
          const of = { lane, position, at: history.nowNs, answered: Number.POSITIVE_INFINITY };
          sends.push(of);
          open.push({ lane, seq, of });
        }
        const answered = sends.filter(({ answered: at }) => at < Number.POSITIVE_INFINITY);
        const isBelow = (later: (typeof sends)[number], sameLane: boolean): boolean =>
          answered.some(
            (earlier) =>
              earlier.answered < later.at &&
              earlier.position >= later.position &&
              (!sameLane || earlier.lane === later.lane),
          );
        const expected = [
          answered.filter((later) => isBelow(later, true)).length,
          answered.filter((later) => isBelow(later, false)).length,
        ];
        if (expected[0] !== 0) broken += 1;
        expect(counts(history)).toEqual(expected);
      }),
      { numRuns: 1_000, seed: 20_261_125 },
    );
    expect(broken).toBeGreaterThan(50);
  });

  it('does not guess about what is longer ago than it remembers', () => {
    const floors = new Floors();
    for (let position = 0; position < 5_000; position += 1) floors.note(position, 0, position, 0);
    expect(floors.isBelow(10, 5, 0)).toBe('unknown');
    expect(floors.isBelow(4_000, 3_999, 0)).toBe(true);
    expect(floors.isBelow(4_000, 4_000, 0)).toBe(false);
  });

  it('knows what every noted position compared with says, also of many at one instant', () => {
    const step = fc.record({ after: fc.nat(1), open: fc.nat(4), position: fc.nat(30) });
    let below = 0;
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const floors = new Floors();
        const noted: { readonly timeNs: number; readonly position: number }[] = [];
        let timeNs = 10;
        for (const { after, open, position } of steps) {
          timeNs += after;
          const said = floors.isBelow(timeNs - open, position, 0);
          const isBelow = noted.some(
            (one) => one.timeNs < timeNs - open && one.position >= position,
          );
          if (said === true) below += 1;
          if (said !== 'unknown') expect(said).toBe(isBelow);
          floors.note(timeNs, timeNs - open, position, 0);
          noted.push({ timeNs, position });
        }
      }),
      { numRuns: 500, seed: 20_261_201 },
    );
    expect(below).toBeGreaterThan(200);
  });

  it('remembers for many tracks what it would for each alone', () => {
    const step = fc.record({
      track: fc.nat(3),
      after: fc.nat(3),
      open: fc.oneof(fc.nat(3), fc.nat(40)),
      ahead: fc.nat(9),
      minor: fc.nat(1),
    });
    let unknown = 0;
    fc.assert(
      fc.property(fc.array(step, { minLength: 20, maxLength: 60 }), (steps) => {
        const together = new TrackFloors();
        const alone = Array.from({ length: 4 }, () => new Floors());
        let timeNs = 0;
        steps.forEach(({ track, after, open, ahead, minor }, lane) => {
          timeNs += after;
          const major = lane + ahead;
          const invokedNs = timeNs - open;
          const floors = alone[track] as Floors;
          const row = together.rowOf(lane % 3, track, track);
          const expected = floors.isBelow(invokedNs, major, minor);
          if (expected === 'unknown') unknown += 1;
          expect(together.isBelow(row, invokedNs, major, minor)).toBe(expected);
          floors.note(timeNs, invokedNs, major, minor);
          together.note(row, timeNs, invokedNs, major, minor);
        });
      }),
      { numRuns: 2_000, seed: 20_261_127 },
    );
    expect(unknown).toBeGreaterThan(50);
  });
});
