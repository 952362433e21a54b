import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { numberInLoad, shareOf, sharedTimetable } from '../../../harness/actors/arrivals/share.ts';
import { plannedRate, timetableOf } from '../../../harness/actors/arrivals/timetable-of.ts';
import { dropAfterNs, openSchedule } from '../../../harness/actors/schedule.ts';
import { type Timetable } from '../../../harness/actors/timetable.ts';
import {
  type Arrivals,
  messagesOfStage,
  type OpenLoad,
  type Stage,
} from '../../../scenarios/load.ts';

const stage: fc.Arbitrary<Stage> = fc.record({
  fromPerSecond: fc.nat({ max: 50_000 }),
  toPerSecond: fc.nat({ max: 50_000 }),
  durationMs: fc.integer({ min: 1, max: 5_000 }),
});

const arrivals: fc.Arbitrary<Arrivals> = fc.oneof(
  fc.constant({ kind: 'constant' } as const),
  fc.constant({ kind: 'poisson' } as const),
  fc.record({ kind: fc.constant('bursts' as const), size: fc.integer({ min: 1, max: 500 }) }),
  fc.record({
    kind: fc.constant('stages' as const),
    stages: fc
      .array(stage, { minLength: 1, maxLength: 6 })
      .filter((stages) => stages.some((one) => messagesOfStage(one) >= 2)),
  }),
  fc.record({
    kind: fc.constant('trace' as const),
    file: fc.constant('t'),
    offsetsNs: fc
      .array(fc.nat({ max: 3_000_000_000 }), { minLength: 2, maxLength: 300 })
      .map((offsets) => offsets.toSorted((a, b) => a - b)),
  }),
);

/** As many messages as the arrivals have, or else as `asked`. */
function totalOf(of: Arrivals, asked: number): number {
  if (of.kind === 'trace') return of.offsetsNs.length;
  if (of.kind !== 'stages') return asked;
  return Math.round(of.stages.reduce((sum, one) => sum + messagesOfStage(one), 0));
}

const loads = fc
  .record({
    ratePerSecond: fc.integer({ min: 1, max: 1_000_000 }),
    arrivals,
    asked: fc.integer({ min: 2, max: 20_000 }),
    seed: fc.nat(),
  })
  .map(({ asked, ...load }) => ({ ...load, total: totalOf(load.arrivals, asked) }));

describe('a timetable, whatever the arrivals', () => {
  it('never falls, begins when the load does, and has an exact inverse', () => {
    fc.assert(
      fc.property(loads, fc.array(fc.nat(), { maxLength: 20 }), (load, picks) => {
        const timetable = timetableOf(load, load.total, load.seed);
        expect(timetable.timeNs(0)).toBeGreaterThanOrEqual(0);
        for (const pick of [0, load.total - 1, ...picks]) {
          const index = pick % load.total;
          const timeNs = timetable.timeNs(index);
          if (index > 0) expect(timetable.timeNs(index - 1)).toBeLessThanOrEqual(timeNs);
          expectInverse(timetable, timeNs);
          expectInverse(timetable, timeNs + 0.5);
          expectInverse(timetable, timeNs - 1);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('has all messages of the load and no more, however late one asks', () => {
    fc.assert(
      fc.property(loads, (load) => {
        const timetable = timetableOf(load, load.total, load.seed);
        expect(timetable.dueBy(timetable.timeNs(load.total - 1))).toBe(load.total);
        expect(timetable.dueBy(1e18)).toBe(load.total);
        expect(timetable.dueBy(-1)).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  it('is a pure function of seed and number: the order of the questions changes nothing', () => {
    fc.assert(
      fc.property(loads, (load) => {
        const one = timetableOf(load, load.total, load.seed);
        const other = timetableOf(load, load.total, load.seed);
        const picks = [load.total - 1, 0, Math.floor(load.total / 2), 1];
        other.dueBy(one.timeNs(load.total - 1));
        expect(picks.toReversed().map((pick) => other.timeNs(pick))).toEqual(
          picks.map((pick) => one.timeNs(pick)).toReversed(),
        );
      }),
      { numRuns: 60 },
    );
  });

  it('is shared by its producers without a message lost or sent twice, each at its own instant', () => {
    fc.assert(
      fc.property(loads, fc.integer({ min: 1, max: 5 }), (load, of) => {
        const whole = timetableOf(load, load.total, load.seed);
        const atNs = load.total - 1 > 0 ? whole.timeNs(Math.floor(load.total / 2)) : 0;
        let messages = 0;
        let due = 0;
        for (let index = 0; index < of; index += 1) {
          const share = { index, of, from: 0 };
          const own = shareOf(load.total, index, of);
          messages += own;
          const timetable = sharedTimetable(whole, share, own);
          due += timetable.dueBy(atNs);
          if (own === 0) continue;
          expect(timetable.timeNs(own - 1)).toBe(whole.timeNs(numberInLoad(share, own - 1)));
          expectInverse(timetable, timetable.timeNs(own - 1));
        }
        expect(messages).toBe(load.total);
        expect(due).toBe(whole.dueBy(atNs));
      }),
      { numRuns: 60 },
    );
  });
});

function expectInverse(timetable: Timetable, elapsedNs: number): void {
  const due = timetable.dueBy(elapsedNs);
  if (due > 0) expect(timetable.timeNs(due - 1)).toBeLessThanOrEqual(elapsedNs);
  if (due < timetable.total) expect(timetable.timeNs(due)).toBeGreaterThan(elapsedNs);
}

describe('a producer in the place of one that crashed', () => {
  it('goes on with the very next message of its share, due when it begins, at the pace of the load', () => {
    const whole = timetableOf(
      { ratePerSecond: 1_000, arrivals: { kind: 'bursts', size: 10 } },
      100,
      1,
    );
    const timetable = sharedTimetable(whole, { index: 1, of: 2, from: 7 }, 43);
    // Its numbers in the load are 15, 17, 19, 21 …: two more of the second burst, then the third.
    expect([0, 1, 2, 3].map((own) => timetable.timeNs(own))).toEqual([0, 0, 0, 10e6]);
    expect(timetable.dueBy(0)).toBe(3);
  });
});

describe('Poisson arrivals', () => {
  const ratePerSecond = 10_000;
  const gaps = (seed: number, total = 50_000): readonly number[] => {
    const timetable = timetableOf({ ratePerSecond, arrivals: { kind: 'poisson' } }, total, seed);
    return Array.from(
      { length: total - 1 },
      (_, k) => timetable.timeNs(k + 1) - timetable.timeNs(k),
    );
  };
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, one) => sum + one, 0) / values.length;

  it.each([1, 2, 3])('have exponential gaps: mean and spread are 1 / rate (seed %i)', (seed) => {
    const sample = gaps(seed);
    const period = 1e9 / ratePerSecond;
    // Five standard errors of a mean of 50,000 exponential gaps.
    const mid = mean(sample);
    expect(Math.abs(mid / period - 1)).toBeLessThan(5 / Math.sqrt(sample.length));
    const variance = mean(sample.map((gap) => (gap - mid) ** 2));
    expect(variance / period ** 2).toBeGreaterThan(0.93);
    expect(variance / period ** 2).toBeLessThan(1.07);
    const longer = sample.filter((gap) => gap > 2 * period).length / sample.length;
    expect(longer).toBeGreaterThan(Math.exp(-2) - 0.01);
    expect(longer).toBeLessThan(Math.exp(-2) + 0.01);
  });

  it('come from the seed and from nothing else', () => {
    expect(gaps(7, 9_000)).toEqual(gaps(7, 9_000));
    expect(gaps(7, 9_000)).not.toEqual(gaps(8, 9_000));
  });

  it('do not repeat from one block of the stream to the next', () => {
    const sample = gaps(5, 8_194);
    expect(sample.slice(4_096, 4_196)).not.toEqual(sample.slice(0, 100));
  });
});

describe('stages', () => {
  it('follow the area under their rate: half of a ramp’s messages come in its last 29 %', () => {
    const stages = [{ fromPerSecond: 0, toPerSecond: 2_000, durationMs: 1_000 }];
    const timetable = timetableOf(
      { ratePerSecond: 1_000, arrivals: { kind: 'stages', stages } },
      1_000,
      1,
    );
    expect(timetable.timeNs(0)).toBe(0);
    expect(timetable.timeNs(250) / 1e6).toBeCloseTo(500, 3);
    expect(timetable.timeNs(500) / 1e6).toBeCloseTo(1_000 * Math.SQRT1_2, 3);
  });

  it('send nothing in a stage of no rate, and go on after it', () => {
    const stages = [
      { fromPerSecond: 100, toPerSecond: 100, durationMs: 1_000 },
      { fromPerSecond: 0, toPerSecond: 0, durationMs: 5_000 },
      { fromPerSecond: 100, toPerSecond: 100, durationMs: 1_000 },
    ];
    const timetable = timetableOf(
      { ratePerSecond: 1, arrivals: { kind: 'stages', stages } },
      200,
      1,
    );
    expect(timetable.timeNs(99)).toBe(990e6);
    expect(timetable.timeNs(100)).toBe(6_000e6);
    expect(timetable.dueBy(5_999e6)).toBe(100);
  });
});

describe('the planned rate of a load', () => {
  const load = (over: Partial<OpenLoad>): OpenLoad => ({
    kind: 'open',
    ratePerSecond: 1_000,
    messages: 1_000,
    warmupMessages: 0,
    late: 'catch-up',
    ...over,
  });

  it('is that of its own instants: bursts end before their last interval does', () => {
    expect(plannedRate(load({}), 1)).toBe(1_000);
    const bursts = plannedRate(load({ arrivals: { kind: 'bursts', size: 100 } }), 1);
    expect(bursts).toBeCloseTo(999 / 0.9, 6);
    const poisson = plannedRate(load({ arrivals: { kind: 'poisson' } }), 1);
    expect(poisson).not.toBe(1_000);
    expect(Math.abs(poisson - 1_000)).toBeLessThan(200);
  });
});

describe('a bound for lateness', () => {
  const timetable = timetableOf({ ratePerSecond: 1_000 }, 1_000, 1);

  it('lets messages leave late up to it, and gives up those that are later', () => {
    const bounded = openSchedule(timetable, { boundMs: 200 }, 0, 0);
    expect(bounded.overdue(200e6, 0)).toBe(1);
    expect(bounded.overdue(199e6, 0)).toBe(0);
    expect(bounded.overdue(500e6, 100)).toBe(201);
    expect(bounded.overdue(500e6, 400)).toBe(0);
  });

  it('of no length still spares what waits for the linger', () => {
    expect(openSchedule(timetable, { boundMs: 0 }, 0, 20).overdue(20e6, 1)).toBe(0);
    expect(openSchedule(timetable, 'drop', 0, 0).overdue(dropAfterNs, 0)).toBe(1);
  });
});
