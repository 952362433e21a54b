import { describe, expect, it } from 'vitest';
import { beginBaseline, stepBaseline, whyNoBaseline } from '../../../harness/compare/baseline.ts';
import { compareRuns } from '../../../harness/compare/compare-runs.ts';
import type { CellRecord, RunRecord } from '../../../harness/record/schema.ts';
import { identity } from '../../reports/fixtures/cell.ts';
import { defaultProfiles } from '../../reports/fixtures/profiles.ts';
import { runOf } from '../../reports/fixtures/run.ts';
import { defaultScenarios } from '../../reports/fixtures/scenarios.ts';
import { timedRounds } from './timed-run.ts';

const slow = { invalid: ['achieved 3,000 of 5,000 messages per second'] } as const;
const broken = { seen: [{ check: 'D1', count: 1, witnesses: [] }] } as const;
const kept = { exitCode: 0, reason: 'all kept' } as const;

/** A second profile beside one whose rounds are all valid and alike. */
function runWith(id: string, lease: readonly CellRecord[], more: Partial<RunRecord> = {}) {
  const sound = timedRounds(5, () => ({}), 'acks-1');
  return runOf([...sound, ...lease], { id, outcome: kept, ...more });
}

function leaseRounds(valid: number, invalid: number): readonly CellRecord[] {
  return [
    ...timedRounds(valid, () => ({}), 'lease'),
    ...timedRounds(invalid, () => ({}), 'lease', slow),
  ];
}

function failedLease(rounds: number): readonly CellRecord[] {
  const profile = defaultProfiles.find(({ profile: name }) => name === 'lease');
  const scenario = defaultScenarios.find(({ kind }) => kind === 'timed');
  if (profile === undefined || scenario === undefined) throw new Error('a fixture is missing');
  const error = { code: 'CONNECT_FAILED', message: 'nobody answered', hint: '' };
  return Array.from(
    { length: rounds },
    (_, index): CellRecord => ({
      status: 'error',
      ...identity({ profile, scenario, index }),
      error,
    }),
  );
}

const base = runWith('base', leaseRounds(5, 0));

describe('a comparison does not say that nothing regressed', () => {
  it.each([
    [0, 5, '5 of 5 rounds were invalid'],
    [1, 4, '4 of 5 rounds were invalid'],
    [3, 2, '2 of 5 rounds were invalid'],
  ])('when %i rounds of a cell are valid in head and %i are not', (valid, invalid, told) => {
    const { outcome } = compareRuns(base, runWith('head', leaseRounds(valid, invalid)));
    expect(outcome.exitCode).toBe(2);
    expect(outcome.reason).toContain('queue@lease/steady');
    expect(outcome.reason).toContain(told);
    expect(outcome.reason).toContain('achieved 3,000 of 5,000 messages per second');
  });

  it('unless four rounds are left, or base had too few itself, or head does not play the cell', () => {
    const codeOf = (before: RunRecord, after: RunRecord) =>
      compareRuns(before, after).outcome.exitCode;
    expect(codeOf(base, runWith('head', leaseRounds(4, 1)))).toBe(0);
    expect(codeOf(runWith('base', leaseRounds(3, 2)), runWith('head', leaseRounds(0, 5)))).toBe(0);
    expect(codeOf(base, runWith('head', []))).toBe(0);
  });

  it('when the cell failed in head', () => {
    const { outcome } = compareRuns(base, runWith('head', failedLease(5)));
    expect(outcome).toMatchObject({ exitCode: 2 });
    expect(outcome.reason).toContain('queue@lease');
  });

  it('when either record was interrupted or has fewer cells than were planned', () => {
    const whole = runWith('other', leaseRounds(5, 0));
    const short = { ...whole, cellsPlanned: 12 };
    const cut = { ...short, interrupted: true };
    expect(compareRuns(base, short).outcome).toMatchObject({
      exitCode: 2,
      reason: 'head has 10 of 12 planned cells',
    });
    expect(compareRuns(base, cut).outcome).toMatchObject({
      exitCode: 2,
      reason: 'head was interrupted and has 10 of 12 planned cells',
    });
    expect(compareRuns({ ...base, cellsPlanned: 12 }, whole).outcome.exitCode).toBe(2);
    expect(compareRuns(base, whole).outcome.exitCode).toBe(0);
  });

  it('of a run compared with itself, and says that it is one', () => {
    const { outcome } = compareRuns(base, base);
    expect(outcome.exitCode).toBe(2);
    expect(outcome.reason).toContain('the same run');
  });

  it('and names an unlike load where that left nothing to compare', () => {
    const other = runWith('head', []);
    const cells = other.cells.map((cell) => ({ ...cell, load: { ...cell.load, payload: '1 kB' } }));
    const { outcome } = compareRuns(base, { ...other, cells });
    expect(outcome.exitCode).toBe(2);
    expect(outcome.reason).toContain('log@acks-1/steady, unlike load: payload is 256 B in base');
  });
});

describe('a claim that is broken in head', () => {
  const head = runWith(
    'head',
    timedRounds(5, () => ({}), 'lease', broken),
  );

  it('counts where the cell failed in base', () => {
    const { outcome, promises } = compareRuns(runWith('base', failedLease(5)), head);
    expect(outcome.exitCode).toBe(1);
    expect(outcome.reason).toContain('is broken and base did not judge it');
    expect(promises).toContainEqual(
      expect.objectContaining({ check: 'D1', base: null, head: 'broken', isBroken: true }),
    );
  });

  it('counts where only head has the cell, and in an interrupted head', () => {
    const before = runWith('base', []);
    expect(compareRuns(before, head).outcome.exitCode).toBe(1);
    expect(compareRuns(before, { ...head, interrupted: true }).outcome.exitCode).toBe(1);
  });

  it('is no news where it was broken before, and a claim that is kept for the first time is none', () => {
    expect(compareRuns({ ...head, id: 'base' }, head).promises).toEqual([]);
    expect(compareRuns(runWith('base', []), base).promises).toEqual([]);
  });
});

describe('a baseline', () => {
  it('is neither confirmed nor advanced by runs whose slow cell invalidated itself', () => {
    let state = beginBaseline('main', base, 'monday');
    for (const id of ['h1', 'h2']) {
      const step = stepBaseline(state, runWith(id, leaseRounds(0, 5)), 'tuesday');
      expect(step.is).toBe('reset');
      expect(step.reason).toContain('queue@lease/steady');
      state = step.baseline;
    }
    expect(state.record.id).toBe('base');
  });

  it('that cannot begin says whether rounds are missing or were invalid', () => {
    const three = runOf(
      timedRounds(3, () => ({})),
      { outcome: kept },
    );
    expect(whyNoBaseline(three)).toContain('3 of at least 4 valid rounds: add --rounds 5');
    const lost = runOf(leaseRounds(2, 3), { outcome: kept });
    expect(whyNoBaseline(lost)).toContain(
      '3 of 5 rounds were invalid (achieved 3,000 of 5,000 messages per second): stop other work or lower the rate',
    );
    expect(whyNoBaseline(lost)).not.toContain('--rounds');
    const failed = whyNoBaseline(runOf(failedLease(5), { outcome: kept }));
    expect(failed).toContain('CONNECT_FAILED');
    expect(failed).not.toContain('lower the rate');
  });
});
