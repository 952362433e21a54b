import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { knownSoFar, nextStep } from '../../../harness/search/next-step.ts';
import type { SearchSettings } from '../../../harness/search/search-settings.ts';
import type { MeasuredPoint } from '../../../harness/search/standing-of-rate.ts';
import type { SearchResult } from '../../../harness/record/search-schema.ts';

const settings: SearchSettings = {
  startRate: 1_000,
  minimumRate: 1,
  maximumRate: 1_000_000,
  tolerance: 0.02,
  confirmations: 3,
  maximumPoints: 200,
  curveShares: [],
};

type Machine = (ratePerSecond: number, run: number) => MeasuredPoint['outcome'] | 'lost';

interface Searched {
  readonly result: SearchResult;
  readonly isCurveWhole: boolean;
  readonly points: readonly MeasuredPoint[];
}

/** Plays a search to its end on a machine that answers at once. */
function searchOn(machine: Machine, changes: Partial<SearchSettings> = {}): Searched {
  const points: MeasuredPoint[] = [];
  const all = { ...settings, ...changes };
  for (;;) {
    const step = nextStep(all, points);
    if (step.is === 'end') return { ...step, points };
    const { ratePerSecond, purpose } = step;
    const outcome = machine(ratePerSecond, points.length);
    const isProof = outcome === 'lost';
    const reason = outcome === 'met' ? '' : `${outcome} at ${ratePerSecond}`;
    points.push({ ratePerSecond, purpose, outcome: isProof ? 'missed' : outcome, isProof, reason });
  }
}

const carries =
  (capacity: number): Machine =>
  (rate) =>
    rate <= capacity ? 'met' : 'missed';

describe('a search for capacity', () => {
  it('finds nothing where messages are lost at a lower rate than it confirmed', () => {
    // Half of the answer, which only the curve asks for.
    const machine: Machine = (rate, run) =>
      rate > 2_100 && rate < 3_900 ? 'lost' : carries(5_300)(rate, run);
    const { result } = searchOn(machine, { curveShares: [0.5, 1.2] });
    expect(result).toMatchObject({ is: 'stopped', because: 'contradicted' });
    expect(result).toMatchObject({ reason: expect.stringMatching(/^at 26\d\d a second, below/) });
  });

  it('doubles, bisects, confirms, and measures the curve', () => {
    const { result, points, isCurveWhole } = searchOn(carries(5_300), {
      tolerance: 0.1,
      curveShares: [0.5, 1.2],
    });
    expect(result).toEqual({ is: 'found', ratePerSecond: 5_188, missedAtPerSecond: 5_657 });
    expect(isCurveWhole).toBe(true);
    expect(points.map(({ purpose, ratePerSecond }) => `${purpose} ${ratePerSecond}`)).toEqual([
      'bracket 1000',
      'bracket 2000',
      'bracket 4000',
      'bracket 8000',
      'bracket 8000',
      'bisect 5657',
      'bisect 5657',
      'bisect 4757',
      'bisect 5188',
      'confirm 5188',
      'confirm 5188',
      'confirm 5188',
      'curve 2594',
      'curve 6226',
    ]);
  });

  it('finds every capacity within its tolerance, from above and from below', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 100, max: 900_000 }),
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.double({ min: 0.01, max: 0.2, noNaN: true }),
        (capacity, startRate, tolerance) => {
          const { result } = searchOn(carries(capacity), { startRate, tolerance });
          if (result.is !== 'found') throw new Error(JSON.stringify(result));
          expect(result.ratePerSecond).toBeLessThanOrEqual(capacity);
          // A whole rate of four digits is up to one part in a thousand beside what it stands for.
          const near = capacity / (1 + tolerance) - Math.max(1, capacity / 1_000);
          expect(result.ratePerSecond).toBeGreaterThanOrEqual(near);
        },
      ),
    );
  });

  it('ends within its points whatever the machine answers, and never with what was not confirmed', () => {
    const outcome = fc.constantFrom<MeasuredPoint['outcome'] | 'lost'>(
      ...(['met', 'met', 'met', 'missed', 'undecided', 'error', 'lost'] as const),
    );
    const answers = fc.array(outcome, { minLength: 60, maxLength: 60 });
    fc.assert(
      fc.property(answers, fc.integer({ min: 1, max: 60 }), (given, maximumPoints) => {
        const { result, points } = searchOn((_rate, run) => given[run] ?? 'met', {
          maximumPoints,
          curveShares: [0.5, 1.1],
        });
        expect(points.length).toBeLessThanOrEqual(maximumPoints);
        if (result.is !== 'found' && result.is !== 'at-least') return;
        const runs = points.filter(
          ({ purpose, ratePerSecond }) =>
            purpose === 'confirm' && ratePerSecond === result.ratePerSecond,
        );
        expect(runs.filter(({ outcome: was }) => was === 'met')).toHaveLength(3);
        expect(runs.every(({ outcome: was }) => was !== 'missed')).toBe(true);
      }),
    );
  });

  it('asks again before it believes one miss, and believes a loss at once', () => {
    const stumble = searchOn((rate, run) => (run === 1 ? 'missed' : carries(5_300)(rate, run)));
    expect(stumble.result).toMatchObject({ is: 'found' });
    expect(stumble.points.filter(({ ratePerSecond }) => ratePerSecond === 2_000)).toHaveLength(3);
    const lost = searchOn((rate) => (rate <= 5_300 ? 'met' : 'lost'));
    expect(lost.points.filter(({ ratePerSecond }) => ratePerSecond === 8_000)).toHaveLength(1);
  });

  it('steps down from an answer that a confirming run misses', () => {
    const firm = searchOn(carries(5_300));
    if (firm.result.is !== 'found') throw new Error('not found');
    const { ratePerSecond } = firm.result;
    let confirming = 0;
    const { result } = searchOn((rate, run) => {
      if (rate === ratePerSecond) confirming += 1;
      return rate === ratePerSecond && confirming === 3 ? 'missed' : carries(5_300)(rate, run);
    });
    expect(result).toEqual({
      is: 'found',
      ratePerSecond: Math.round(Number((ratePerSecond * 0.98).toPrecision(4))),
      missedAtPerSecond: ratePerSecond,
    });
  });

  it('says at least, with the reason, where nothing above tells of the engine', () => {
    const wall = searchOn((rate) => (rate <= 3_000 ? 'met' : 'undecided'), {
      curveShares: [0.5, 1.1],
    });
    if (wall.result.is !== 'at-least') throw new Error(JSON.stringify(wall.result));
    expect(wall.result.because).toBe('undecided');
    expect(wall.result.ratePerSecond).toBeGreaterThan(2_900);
    expect(wall.result.reason).toContain('undecided at');
    expect(wall.result.missedAtPerSecond).toBeNull();
    expect(wall.points.every(({ ratePerSecond }) => ratePerSecond <= 4_000)).toBe(true);
    const between = searchOn((rate) => {
      if (rate <= 3_000) return 'met';
      return rate < 4_000 ? 'undecided' : 'missed';
    });
    expect(between.result).toMatchObject({ is: 'at-least', missedAtPerSecond: 4_000 });
    const top = searchOn(() => 'met', { maximumRate: 3_000 });
    expect(top.result).toMatchObject({ is: 'at-least', because: 'maximum-rate' });
    expect(top.result).toMatchObject({ ratePerSecond: 3_000 });
  });

  it('gives up on a machine that confirms nothing, after a few large steps', () => {
    let confirming = false;
    const { result, points } = searchOn((rate) => {
      confirming ||= rate > 3_900 && rate < 4_100;
      return confirming ? 'undecided' : carries(4_000)(rate, 0);
    });
    expect(result).toMatchObject({ is: 'stopped', because: 'undecided' });
    expect(points.length).toBeLessThan(40);
  });

  it('says that nothing is met, that nothing could be seen, or that nothing could be run', () => {
    expect(searchOn(() => 'missed').result).toEqual({ is: 'none', missedAtPerSecond: 1 });
    const blind = searchOn(() => 'undecided').result;
    expect(blind).toMatchObject({ is: 'stopped', because: 'undecided', metAtPerSecond: null });
    const broken = searchOn(() => 'error');
    expect(broken.result).toMatchObject({ is: 'stopped', because: 'errors' });
    expect(broken.points).toHaveLength(2);
  });

  it('keeps what it knows when it must end, also an answer whose curve is not measured', () => {
    const { points } = searchOn(carries(5_300), { maximumPoints: 6, curveShares: [0.5] });
    expect(knownSoFar(settings, points, 'interrupted')).toMatchObject({
      is: 'stopped',
      because: 'interrupted',
      metAtPerSecond: 4_000,
      missedAtPerSecond: 5_657,
    });
    const whole = searchOn(carries(5_300));
    const cut = searchOn(carries(5_300), {
      maximumPoints: whole.points.length + 1,
      curveShares: [0.5, 0.6],
    });
    expect(cut.result).toEqual(whole.result);
    expect(cut.isCurveWhole).toBe(false);
    expect(knownSoFar(settings, whole.points, 'time')).toEqual(whole.result);
  });
});
