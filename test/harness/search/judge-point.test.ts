import { describe, expect, it } from 'vitest';
import type { CellRecord, JudgedCell, PerformanceFigures } from '../../../harness/record/schema.ts';
import { parseThreshold } from '../../../harness/gate/thresholds/parse.ts';
import { judgePoint, samplesNeeded } from '../../../harness/search/judge-point.ts';
import { identity } from '../../reports/fixtures/cell.ts';
import { defaultProfiles } from '../../reports/fixtures/profiles.ts';
import { defaultScenarios } from '../../reports/fixtures/scenarios.ts';
import { timedRounds } from '../compare/timed-run.ts';
import { secondsWith } from './points.ts';

const slow = 'e2e.response.p99 < 1ms';
const fast = 'e2e.response.p99 < 1s';
const steady = secondsWith([0, 20, 22, 19, 21, 20, 0]);

function objective(text: string) {
  const parsed = parseThreshold(text, undefined);
  if (parsed.is === 'mistake') throw new Error(parsed.what);
  return parsed.threshold;
}

function point(figures: Partial<PerformanceFigures> = {}, changes: Partial<JudgedCell> = {}) {
  const [cell] = timedRounds(1, () => figures);
  if (cell?.status !== 'judged') throw new Error('a fixture is missing');
  const counts = { ...cell.counts, unknown: 0 };
  return { ...cell, series: steady, seriesTotal: steady.length, counts, ...changes };
}

function judged(cell: CellRecord, ...texts: readonly string[]) {
  const { outcome, reasons, isProof } = judgePoint(cell, texts.map(objective));
  return { outcome, kinds: reasons.map(({ kind }) => kind), isProof };
}

const late = (ns: number): PerformanceFigures['lateness'] => {
  const { performance } = point();
  if (performance.status !== 'valid') throw new Error('a fixture is missing');
  return { ...performance.figures.lateness, p99Ns: ns, maxNs: ns };
};

describe('a point of a search', () => {
  it('is met when nothing speaks against it, though it is too short for a ranking', () => {
    const { performance } = point();
    if (performance.status !== 'valid') throw new Error('a fixture is missing');
    const reasons = ['too few for p99.9'];
    const short = { ...performance, status: 'invalid' as const, reasons, middleStands: false };
    expect(judged(point({}, { performance: short }), fast)).toEqual({
      outcome: 'met',
      kinds: [],
      isProof: false,
    });
  });

  it('is undecided, not met, where the cell could not decide whether anything was lost', () => {
    const crashed = point({}, { verdict: 'inconclusive', reasons: ['the check D1 crashed'] });
    expect(judged(crashed, fast)).toEqual({
      outcome: 'undecided',
      kinds: ['figure'],
      isProof: false,
    });
  });

  it.each([
    ['the objective was not reached', point(), [slow], 'objective'],
    [
      'the backlog grew',
      point({}, { series: secondsWith([0, 100, 200, 300, 400, 500, 0]) }),
      [fast],
      'backlog',
    ],
    ['fewer left than asked for', point({ achievedRatePerSecond: 4_000 }), [fast], 'rate'],
    [
      'sends were refused',
      point({}, { counts: { ...point().counts, failed: 3 } }),
      [fast],
      'refused',
    ],
    [
      'sends got no answer',
      point({}, { counts: { ...point().counts, unknown: 3 } }),
      [fast],
      'refused',
    ],
    [
      'it was not drained',
      point({}, { drain: { complete: false, tookNs: 1, by: 'not drained in 30 s' } }),
      [fast],
      'drain',
    ],
  ])('is missed when %s', (_what, cell, texts, kind) => {
    expect(judged(cell, ...texts)).toEqual({ outcome: 'missed', kinds: [kind], isProof: false });
  });

  it('is missed for good when a claim was violated or something was lost without one', () => {
    const violated = point({}, { verdict: 'violated' });
    expect(judged(violated, fast)).toEqual({ outcome: 'missed', kinds: ['loss'], isProof: true });
    const clauses = point().clauses.map((clause) =>
      clause.check === 'D1'
        ? { ...clause, state: 'unclaimed-violated' as const, count: 7 }
        : clause,
    );
    const lost = judgePoint(point({}, { clauses }), [objective(fast)]);
    expect(lost).toMatchObject({ outcome: 'missed', isProof: true });
    expect(lost.reasons[0]?.text).toBe('7 messages were lost (D1)');
  });

  it('is met by a generator that was late when what is asked of response times is met all the same', () => {
    const lateness = late(40e6);
    expect(judged(point({ lateness }), fast)).toMatchObject({ outcome: 'met', kinds: [] });
    // A quarter of the limit and more, a limit on what holds no lateness, and a client without a core decide nothing.
    expect(judged(point({ lateness: late(260e6) }), fast).outcome).toBe('undecided');
    expect(judged(point({ lateness }), 'e2e.service.p99 < 1s').outcome).toBe('undecided');
    expect(judged(point({ lateness }), fast, 'throughput >= 1/s').outcome).toBe('undecided');
    expect(judged(point({ lateness, clientBusyShare: 0.97 }), fast).outcome).toBe('undecided');
    // What was missed beside it may be its own doing.
    expect(judged(point({ lateness }), slow).outcome).toBe('undecided');
  });

  it('is missed when more piled up than a late generator can have shifted, if client and harness had a core', () => {
    // 5,000 a second, 2,000 a second of them left behind; nobody was late by more than 400 ms.
    const overrun = { series: secondsWith([0, 2_000, 4_000, 6_000, 8_000, 10_000, 0]) };
    const lateness = late(400e6);
    expect(judged(point({ lateness }, overrun), slow)).toEqual({
      outcome: 'missed',
      kinds: ['backlog', 'generator', 'objective'],
      isProof: false,
    });
    // In two seconds of delay so much can have been shifted.
    const stalled = { ...lateness, maxNs: 2e9 };
    expect(judged(point({ lateness: stalled }, overrun), slow).outcome).toBe('undecided');
    // One delay of 200 ms puts off 1,000 sends, and no more than those wait behind it.
    const step = { series: secondsWith([0, 5, 5, 5, 5, 1_005, 1_005, 1_005, 1_005, 0]) };
    expect(judged(point({ lateness: late(200e6) }, step), slow).outcome).toBe('undecided');
    const saturated = point({ lateness, clientBusyShare: 0.97 }, overrun);
    expect(judged(saturated, slow).outcome).toBe('undecided');
  });

  it('is undecided when the generator was late, whatever was missed beside it, unless messages are gone', () => {
    const cell = point({ lateness: late(400e6) }, { series: secondsWith([0, 100, 200, 300, 0]) });
    expect(judged(cell, slow)).toEqual({
      outcome: 'undecided',
      kinds: ['generator', 'backlog', 'objective'],
      isProof: false,
    });
    const heavy = point({ harnessCpuShare: 0.4 });
    expect(judged(heavy, fast)).toMatchObject({ outcome: 'undecided', kinds: ['harness'] });
    const saturated = point({ clientBusyShare: 0.97 });
    expect(judged(saturated, slow)).toMatchObject({
      outcome: 'undecided',
      kinds: ['generator', 'objective'],
    });
    const gone = point({ lateness: late(400e6) }, { verdict: 'violated' });
    expect(judged(gone, fast)).toMatchObject({ outcome: 'missed', isProof: true });
  });

  it('is undecided when a figure is missing: what was not seen was not met', () => {
    expect(judged(point(), 'e2e.response.p999 < 1s').kinds).toEqual(['figure']);
    expect(judged(point({}, { series: [] }), fast)).toMatchObject({
      outcome: 'undecided',
      kinds: ['figure'],
    });
    expect(judged(point(), 'fault[0].recovery < 1s')).toMatchObject({ outcome: 'undecided' });
  });

  it('is an error when the cell could not be run', () => {
    const [profile] = defaultProfiles;
    const [scenario] = defaultScenarios;
    if (profile === undefined || scenario === undefined) throw new Error('a fixture is missing');
    const error = { code: 'CONNECT_FAILED', message: 'nobody there', hint: '' };
    const failed: CellRecord = {
      ...identity({ profile, scenario, index: 0 }),
      status: 'error',
      error,
    };
    const { outcome, figures, reasons } = judgePoint(failed, [objective(fast)]);
    expect({ outcome, figures }).toEqual({ outcome: 'error', figures: null });
    expect(reasons[0]?.text).toBe('CONNECT_FAILED: nobody there');
  });

  it('needs ten samples beyond the rarest quantile that is asked for', () => {
    expect(samplesNeeded([objective(fast)])).toBe(1_000);
    expect(samplesNeeded([objective(fast), objective('publish.response.p999 < 1s')])).toBe(10_000);
    expect(samplesNeeded([objective('throughput > 1k/s')])).toBe(1_000);
  });
});
