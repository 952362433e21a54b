import { describe, expect, it } from 'vitest';
import { compareRuns, plainRequest } from '../../../harness/compare/compare-runs.ts';
import { randomFrom } from '../../../harness/core/random.ts';
import { comparison } from '../../../harness/record/comparison-schema.ts';
import type { RunRecord } from '../../../harness/record/schema.ts';
import { judged } from '../../reports/fixtures/cell.ts';
import { defaultProfiles } from '../../reports/fixtures/profiles.ts';
import { runOf } from '../../reports/fixtures/run.ts';
import { defaultScenarios } from '../../reports/fixtures/scenarios.ts';
import { timedRounds, timedRun } from './timed-run.ts';

const onlyCpu = { ...plainRequest, metrics: ['client-cpu'] as const };

function cpuRun(seed: number, factor = 1, rounds = 5): RunRecord {
  const random = randomFrom(seed);
  const run = timedRun(rounds, () => ({
    clientCpuMicrosPerMessage: 6 * factor * (1 + 0.04 * (random.unit() - 0.5)),
  }));
  return { ...run, id: `run-${seed}` };
}

function wordOf(base: RunRecord, head: RunRecord): string | undefined {
  return compareRuns(base, head, onlyCpu).rows[0]?.word;
}

describe('comparing two runs', () => {
  it('finds a planted slowdown of a tenth in CPU per message, and says so by exit code 3', () => {
    const found = compareRuns(cpuRun(1), cpuRun(2, 1.1), onlyCpu);
    expect(found.rows[0]).toMatchObject({ word: 'regressed', reason: '' });
    expect(found.rows[0]?.factor).toBeCloseTo(1.1, 1);
    expect(found.outcome).toMatchObject({ exitCode: 3 });
    expect(found.outcome.reason).toContain('client-cpu');
  });

  it('calls the same the other way round improved', () => {
    expect(wordOf(cpuRun(1, 1.1), cpuRun(2))).toBe('improved');
  });

  it('accuses nothing when nothing changed, in at least 18 of 20 tries', () => {
    const words = Array.from({ length: 20 }, (_, at) => wordOf(cpuRun(100 + at), cpuRun(200 + at)));
    const calm = words.filter((word) => word === 'no change' || word === 'within noise');
    expect(calm.length).toBeGreaterThanOrEqual(18);
  });

  it('finds a slowdown of a tenth in at least 16 of 20 tries', () => {
    const words = Array.from({ length: 20 }, (_, at) =>
      wordOf(cpuRun(300 + at), cpuRun(400 + at, 1.1)),
    );
    expect(words.filter((word) => word === 'regressed').length).toBeGreaterThanOrEqual(16);
  });

  it('says no change only when the interval leaves no room for one that matters', () => {
    const calm = compareRuns(cpuRun(5, 1, 8), cpuRun(6, 1, 8), onlyCpu);
    expect(calm.rows[0]?.word).toBe('no change');
    const narrow = compareRuns(cpuRun(5, 1, 8), cpuRun(6, 1, 8), {
      ...onlyCpu,
      minimumEffect: 0.001,
    });
    expect(narrow.rows[0]?.word).toBe('within noise');
  });

  it('says what it takes where there are too few rounds to tell anything', () => {
    const found = compareRuns(cpuRun(1, 1, 3), cpuRun(2, 3, 3), onlyCpu);
    expect(found.rows[0]).toMatchObject({ word: 'within noise', low: null, high: null });
    expect(found.rows[0]?.reason).toContain('3 of at least 4');
  });

  it('compares a change that is significant and too small to matter with nothing', () => {
    const found = compareRuns(cpuRun(1, 1, 8), cpuRun(2, 1.03, 8), onlyCpu);
    expect(found.rows[0]?.word).not.toBe('regressed');
  });

  it('takes a higher throughput as better and a higher latency as worse', () => {
    const at = (factor: number): RunRecord =>
      timedRun(5, (figures, round) => ({
        achievedRatePerSecond: 1_000 * factor + round,
        endToEndResponse: {
          ...figures.endToEndResponse,
          p99Ns: (9e6 + round) * factor,
        },
      }));
    const { rows } = compareRuns(at(1), at(1.5));
    expect(rows.find(({ metric }) => metric === 'throughput')?.word).toBe('improved');
    expect(rows.find(({ metric }) => metric === 'e2e-p99')?.word).toBe('regressed');
  });

  it('asks more of one cell among many than of one alone', () => {
    const cells = (factor: number, among: number): RunRecord =>
      runOf(
        ['acks-1', 'acks-0', 'acks-all', 'idempotent'].slice(0, among).flatMap((profile, at) =>
          timedRounds(
            4,
            (_, round) => ({
              clientCpuMicrosPerMessage: (at === 0 ? factor : 1) * (6 + round / 100),
            }),
            profile,
          ),
        ),
      );
    const alone = compareRuns(cells(1, 1), cells(1.2, 1), onlyCpu).rows[0];
    expect(alone).toMatchObject({ word: 'regressed' });
    const among = compareRuns(cells(1, 4), cells(1.2, 4), onlyCpu).rows[0];
    expect(among).toMatchObject({ word: 'within noise', p: alone?.p });
    expect(among?.reason).toContain('among so many cells');
  });

  it('compares no figures of unlike machines, and says where they differ', () => {
    const other = cpuRun(2);
    const head = { ...other, host: { ...other.host, cores: 64 } };
    const found = compareRuns(cpuRun(1), head);
    expect(found.rows).toEqual([]);
    expect(found.testbed).toEqual([{ what: 'cores', base: '2', head: '64' }]);
    expect(found.outcome.exitCode).toBe(2);
  });

  it('leaves out what only one run has, what is invalid and what ran under another load', () => {
    const load = timedRun(5, () => ({ targetRatePerSecond: 7 }));
    expect(compareRuns(cpuRun(1), load).leftOut[0]?.reason).toContain('unlike load');
    const other = cpuRun(1);
    const cells = other.cells.map((cell) => ({ ...cell, load: { ...cell.load, payload: '1 kB' } }));
    const unlike = compareRuns(cpuRun(1), { ...other, cells });
    expect(unlike.rows).toEqual([]);
    expect(unlike.leftOut[0]?.reason).toBe('unlike load: payload is 256 B in base, 1 kB in head');
    const untold = other.cells.map((cell) => ({ ...cell, load: {} }));
    expect(compareRuns(cpuRun(1), { ...other, cells: untold }).rows).not.toEqual([]);
    expect(compareRuns(cpuRun(1), runOf([])).leftOut[0]?.reason).toBe('only in base');
    const invalid = runOf([timedCell({ invalid: ['generator late'] })]);
    const found = compareRuns(cpuRun(1), invalid);
    expect(found.leftOut[0]?.reason).toContain('no valid round in head: generator late');
    expect(found.outcome.exitCode).toBe(2);
  });

  it('says by exit code 1 that a claim is broken that was not before', () => {
    const broken = runOf([timedCell({ seen: [{ check: 'D1', count: 3, witnesses: [] }] })]);
    const sound = runOf([timedCell({})]);
    const worse = compareRuns(sound, broken);
    expect(worse.promises).toContainEqual(
      expect.objectContaining({ check: 'D1', base: 'kept', head: 'broken', isBroken: true }),
    );
    expect(worse.outcome.exitCode).toBe(1);
    const better = compareRuns(broken, sound);
    expect(better.promises).toContainEqual(
      expect.objectContaining({ check: 'D1', base: 'broken', head: 'kept', isBroken: false }),
    );
    expect(better.outcome.exitCode).not.toBe(1);
  });

  it('says by exit code 2 that too few rounds let nothing regress', () => {
    const few = compareRuns(cpuRun(1, 1, 3), cpuRun(2, 3, 3), onlyCpu).outcome;
    expect(few.exitCode).toBe(2);
    expect(few.reason).toContain('no cell has 4 valid rounds in both runs');
    expect(compareRuns(cpuRun(1, 1, 4), cpuRun(2, 1, 4), onlyCpu).outcome.exitCode).toBe(0);
  });

  it('says by exit code 2 that a cell is not decided any more, whatever its figures', () => {
    const scenarios = defaultScenarios.filter(({ kind }) => kind === 'conformance').slice(0, 1);
    const cellOf = (undecided: string): RunRecord['cells'] =>
      scenarios.map((scenario) => timedCell({ scenario, undecided }));
    const withCell = (run: RunRecord, cells: RunRecord['cells']): RunRecord => ({
      ...run,
      cells: [...run.cells, ...cells],
    });
    const sound = withCell(cpuRun(1), cellOf(''));
    const open = withCell(cpuRun(2), cellOf('the drain did not complete'));
    const { outcome } = compareRuns(sound, open, onlyCpu);
    expect(outcome.exitCode).toBe(2);
    expect(outcome.reason).toContain('kept its claims in base only');
    expect(compareRuns(sound, withCell(cpuRun(2), cellOf('')), onlyCpu).outcome.exitCode).toBe(0);
    const stillOpen = withCell(cpuRun(3), open.cells.slice(5));
    expect(compareRuns(open, stillOpen, onlyCpu).outcome.exitCode).toBe(0);
    expect(compareRuns(sound, cpuRun(2), onlyCpu).outcome.exitCode).toBe(0);
  });

  it('is a document of its schema', () => {
    const found = compareRuns(cpuRun(1), cpuRun(2));
    expect(comparison.parse(structuredClone(found))).toEqual(found);
  });
});

function timedCell(changes: Partial<Parameters<typeof judged>[0]>) {
  const [, profile] = defaultProfiles;
  const scenario = defaultScenarios.find(({ kind }) => kind === 'timed');
  if (profile === undefined || scenario === undefined) throw new Error('a fixture is missing');
  return judged({ profile, scenario, index: 0, ...changes });
}
