import { describe, expect, it } from 'vitest';
import type { CellRecord, JudgedCell } from '../../../harness/record/schema.ts';
import { caveatsOf } from '../../../reports/model/caveats.ts';
import { findingsOf } from '../../../reports/model/findings.ts';
import { headlineOf, limitsOf } from '../../../reports/model/headline.ts';
import { matrixOf } from '../../../reports/model/matrix.ts';
import { priceTablesOf } from '../../../reports/model/price.ts';
import { judged } from '../fixtures/cell.ts';
import { defaultProfiles } from '../fixtures/profiles.ts';
import { defaultSuiteRun, mixedRun, runOf } from '../fixtures/run.ts';
import { defaultScenarios } from '../fixtures/scenarios.ts';

function fixture(profileName: string, scenarioId: string) {
  const profile = defaultProfiles.find((one) => one.profile === profileName);
  const scenario = defaultScenarios.find((one) => one.id === scenarioId);
  if (profile === undefined || scenario === undefined) throw new Error('fixture is incomplete');
  return { profile, scenario };
}

describe('the matrix', () => {
  it('leaves controls out and keeps the order of the record', () => {
    const { rows, scenarios } = matrixOf(mixedRun());
    expect(scenarios).toEqual(['steady', 'consumer-crash', 'broker-crash', 'lost-response']);
    expect(rows.map((row) => row.name)).toEqual([
      'log@acks-0',
      'log@acks-1',
      'log@acks-all',
      'log@idempotent',
      'queue@delete-on-receive',
      'queue@lease',
    ]);
  });

  it('shows every state', () => {
    const states = matrixOf(mixedRun()).rows.map((row) => row.cells.map((cell) => cell?.state));
    expect(states[0]).toEqual(['kept', 'kept', 'kept', 'unclaimed']);
    expect(states[2]?.[2]).toBe('broken');
    expect(states[3]?.[3]).toBe('inconclusive');
    expect(states[4]?.[3]).toBe('error');
    expect(states[5]?.[3]).toBe('unsupported');
  });

  it('calls a cell without claims held, with its exposure and the 3/n bound', () => {
    const cell = judged({ ...fixture('acks-0', 'lost-response'), index: 0 });
    const held = matrixOf(runOf([cell])).rows[0]?.cells[0];
    expect(held).toMatchObject({ state: 'held', exposure: 20_000, upperBound: 3 / 20_000 });
  });

  it('shows the worst of several rounds and adds their rates', () => {
    const request = fixture('acks-all', 'broker-crash');
    const rounds = [
      judged({ ...request, index: 0, round: 1 }),
      judged({ ...request, index: 1, round: 2, seen: [{ check: 'D1', count: 4 }] }),
      judged({ ...request, index: 2, round: 3, seen: [{ check: 'D1', count: 6 }] }),
    ];
    const cell = matrixOf(runOf(rounds)).rows[0]?.cells[0];
    expect(cell?.state).toBe('broken');
    expect(cell?.broken).toMatchObject([
      { check: 'D1', count: 10, exposure: 40_000, rate: 10 / 40_000 },
    ]);
  });

  it('leaves a hole where the plan had no cell', () => {
    const cells = [
      judged({ ...fixture('acks-1', 'steady'), index: 0 }),
      judged({ ...fixture('acks-all', 'broker-crash'), index: 1 }),
    ];
    expect(matrixOf(runOf(cells)).rows[0]?.cells[1]).toBeUndefined();
  });

  it('never shows a cell without any decided clause as kept', () => {
    const cell = { ...judged({ ...fixture('acks-1', 'steady'), index: 0 }), clauses: [] };
    expect(matrixOf(runOf([cell])).rows[0]?.cells[0]?.state).toBe('inconclusive');
  });
});

describe('findings', () => {
  it('come broken first, then unclaimed; controls have none', () => {
    const findings = findingsOf(mixedRun());
    expect(findings[0]).toMatchObject({ kind: 'broken', clause: { check: 'D1' } });
    expect(findings.filter(({ kind }) => kind === 'broken')).toHaveLength(1);
    expect(findings.every(({ cell }) => cell.control.kind === 'none')).toBe(true);
  });

  it('tell what is only possible apart from what is certain', () => {
    const seen = [{ check: 'D6' as const, count: 0, possible: 2 }];
    const cell = judged({ ...fixture('acks-all', 'broker-crash'), index: 0, seen });
    expect(findingsOf(runOf([cell]))).toMatchObject([
      { kind: 'possible', clause: { check: 'D6' } },
    ]);
  });
});

describe('the price of a guarantee', () => {
  it('goes from the weakest promise to the strongest, each step against the row above', () => {
    const [table] = priceTablesOf(defaultSuiteRun());
    expect(table?.rows.map((row) => [row.profile, row.step?.from])).toEqual([
      ['acks-0', undefined],
      ['acks-1', 'log@acks-0'],
      ['acks-all', 'log@acks-1'],
      ['idempotent', 'log@acks-all'],
      ['delete-on-receive', undefined],
      ['lease', 'queue@delete-on-receive'],
    ]);
    const step = table?.rows[2]?.step;
    expect(step?.publishP99?.factor).toBeCloseTo(1.8, 1);
    expect(table?.rows[1]?.step?.publishP99).toBeUndefined();
    expect(table?.rows[4]?.brokerCpuMicrosPerMessage).toBeUndefined();
  });

  it('does not price an invalid measurement and says why', () => {
    const [table] = priceTablesOf(mixedRun());
    expect(table?.rows.map((row) => row.name)).not.toContain('queue@delete-on-receive');
    expect(table?.notPriced).toEqual([
      {
        name: 'queue@delete-on-receive',
        reasons: ['generator late: p99 4.1 ms, allowed 2 ms'],
        failed: false,
      },
    ]);
  });

  it('marks a profile that is fast and wrong', () => {
    const [table] = priceTablesOf(mixedRun());
    expect(table?.rows.find((row) => row.profile === 'acks-all')?.verdict).toBe('broken');
  });

  it('takes the median of the valid rounds', () => {
    const rounds = [5, 7, 100].map((cpu, at): CellRecord => {
      const cell = judged({ ...fixture('acks-1', 'steady'), index: at, round: at + 1 });
      return withClientCpu(cell, cpu);
    });
    const bad = judged({ ...fixture('acks-1', 'steady'), index: 3, round: 4, invalid: ['late'] });
    const row = priceTablesOf(runOf([...rounds, bad]))[0]?.rows[0];
    expect(row).toMatchObject({ clientCpuMicrosPerMessage: 7, roundsValid: 3, roundsRun: 4 });
  });
});

describe('a round whose sends were late in the tail alone', () => {
  const late = (cell: JudgedCell, clientCpuMicrosPerMessage: number): JudgedCell => {
    const { performance } = withClientCpu(cell, clientCpuMicrosPerMessage);
    if (performance.status !== 'valid') throw new Error('not timed');
    const reasons = ['the generator was late: p99 11 ms, allowed 6 ms'];
    return {
      ...cell,
      performance: { ...performance, status: 'invalid', reasons, middleStands: true },
    };
  };
  const steady = (at: number): JudgedCell =>
    judged({ ...fixture('acks-1', 'steady'), index: at, round: at + 1 });

  it('has a price without a tail', () => {
    const [table] = priceTablesOf(runOf([late(steady(0), 9)]));
    expect(table?.notPriced).toEqual([]);
    const [row] = table?.rows ?? [];
    expect(row).toMatchObject({ clientCpuMicrosPerMessage: 9, roundsValid: 0, roundsRun: 1 });
    expect(row?.publish?.p50Ns).toBeGreaterThan(0);
    expect(row?.publish?.tail).toBeUndefined();
    expect(Object.keys(row?.estimates ?? {})).toEqual([
      'throughput',
      'publish-p50',
      'e2e-p50',
      'client-cpu',
      'broker-cpu',
    ]);
  });

  it('counts for the middle beside rounds that count for both', () => {
    const rounds = [late(steady(0), 5), withClientCpu(steady(1), 7), late(steady(2), 100)];
    const row = priceTablesOf(runOf(rounds))[0]?.rows[0];
    expect(row).toMatchObject({ clientCpuMicrosPerMessage: 7, roundsValid: 1, roundsRun: 3 });
    const [, whole] = rounds;
    if (whole?.performance.status !== 'valid') throw new Error('not timed');
    const { p99Ns } = whole.performance.figures.publishResponse;
    expect(row?.publish?.tail?.p99Ns).toBe(p99Ns);
  });

  it('takes no step in the tail from a row that has none', () => {
    const before = late(judged({ ...fixture('acks-1', 'steady'), index: 0 }), 5);
    const after = withClientCpu(judged({ ...fixture('acks-all', 'steady'), index: 1 }), 10);
    const step = priceTablesOf(runOf([before, after]))[0]?.rows[1]?.step;
    expect(step?.publishP99).toBeUndefined();
    expect(step?.clientCpu?.factor).toBeCloseTo(2, 5);
  });
});

function withClientCpu(cell: JudgedCell, clientCpuMicrosPerMessage: number): JudgedCell {
  if (cell.performance.status !== 'valid') throw new Error('not timed');
  const figures = { ...cell.performance.figures, clientCpuMicrosPerMessage };
  return { ...cell, performance: { status: 'valid', figures } };
}

describe('the headline', () => {
  it('says in one sentence what became of the claims', () => {
    expect(headlineOf(defaultSuiteRun())).toMatchObject({
      word: 'kept',
      claimsBroken: 0,
      controlsShown: 3,
      controlsRun: 3,
    });
    expect(headlineOf(mixedRun()).sentence).toBe('1 of 93 claims put to the test was broken');
  });

  it('does not call a run kept in which nothing was claimed', () => {
    const cell = judged({ ...fixture('acks-0', 'lost-response'), index: 0 });
    expect(headlineOf(runOf([cell]))).toMatchObject({
      word: 'nothing claimed',
      sentence: 'No claim was put to the test, and no anomaly was seen',
    });
  });

  it('does not count as kept what an inconclusive cell would have kept', () => {
    const cell = judged({ ...fixture('idempotent', 'steady'), index: 0 });
    const whole = headlineOf(runOf([cell]));
    const inconclusive: JudgedCell = { ...cell, verdict: 'inconclusive', reasons: ['too few'] };
    expect(whole.claimsKept).toBeGreaterThan(0);
    expect(headlineOf(runOf([inconclusive]))).toMatchObject({
      claimsKept: 0,
      claimsOpen: whole.claimsKept,
    });
  });

  it('names the faults that nothing exercised', () => {
    expect(limitsOf(defaultSuiteRun())[0]).toBe('Not exercised: node-loss, power-loss.');
  });
});

describe('caveats', () => {
  it('name everything that weakens the run', () => {
    const caveats = caveatsOf(mixedRun())
      .map(({ text }) => text)
      .join('\n');
    for (const part of [
      '26 of 28 planned',
      'inconclusive log@idempotent',
      'TARGET_NOT_READY',
      'was not run',
      'did not show D10',
      'waived D5',
      'not priced',
      'unsupported queue@lease',
    ]) {
      expect(caveats).toContain(part);
    }
    expect(caveatsOf(defaultSuiteRun())).toEqual([]);
  });

  it('say once of several engines that a control was not run', () => {
    const notRun = {
      scenario: 'steady',
      control: 'planted swap-in-lane',
      shows: ['O2' as const],
      outcome: 'not-run' as const,
      cell: '',
    };
    const controls = ['log', 'queue'].map((engine) => ({ ...notRun, engine }));
    expect(caveatsOf({ ...defaultSuiteRun(), controls }).map(({ text }) => text)).toEqual([
      'control of steady on log, queue, planted swap-in-lane was not run to show O2',
    ]);
  });
});
