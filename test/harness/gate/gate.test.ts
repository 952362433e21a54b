import { describe, expect, it } from 'vitest';
import { ExitCode, exitCodeOfError } from '../../../harness/core/exit-codes.ts';
import {
  defaultFailOn,
  failOnKinds,
  gate,
  type FailOn,
  type GateResult,
} from '../../../harness/gate/gate.ts';
import { exitCodeOf } from '../../../harness/gate/recorded-code.ts';
import type { CellRecord } from '../../../harness/record/schema.ts';
import { type CellRequest, identity, judged } from '../../reports/fixtures/cell.ts';
import { plainClauses } from '../../reports/fixtures/clauses.ts';
import { defaultProfiles } from '../../reports/fixtures/profiles.ts';
import { defaultScenarios } from '../../reports/fixtures/scenarios.ts';

function request(changes: Partial<CellRequest> = {}): CellRequest {
  const profile = defaultProfiles.find((fixture) => fixture.profile === 'acks-all');
  const scenario = defaultScenarios.find((fixture) => fixture.id === 'broker-crash');
  if (profile === undefined || scenario === undefined) throw new Error('fixture is incomplete');
  return { profile, scenario, index: 0, ...changes };
}

const kept = judged(request());
const unclaimed = judged(request({ seen: [{ check: 'D4', count: 3 }] }));
const violated = judged(request({ seen: [{ check: 'D1', count: 1 }] }));
const inconclusive = judged(request({ undecided: 'fault kill-broker never bit' }));
const should = judged(
  request({ checks: [...plainClauses, 'L3'], seen: [{ check: 'L3', count: 1 }] }),
);
const unsupported: CellRecord = {
  status: 'unsupported',
  ...identity(request()),
  reason: 'no wire',
};
const errorWith = (code: string): CellRecord => ({
  status: 'error',
  ...identity(request()),
  error: { code, message: 'm', hint: 'h' },
});
const planted = { kind: 'planted' as const, plant: 'swallow-delivery', shows: ['D1' as const] };
const controlShown = judged(request({ planted, seen: [{ check: 'D1', count: 20 }] }));
const controlSilent = judged(request({ planted }));

function decide(
  cells: readonly CellRecord[],
  options: Partial<Parameters<typeof gate>[0]> = {},
): GateResult {
  const asked = { interrupted: false, failOn: defaultFailOn, thresholds: [] };
  return gate({ cells, planned: cells.length, ...asked, ...options });
}

describe('the gate', () => {
  it('exits 2 for a record that has fewer cells than were planned, whatever those came to, and 130 where that is an interruption', () => {
    const whole = decide([judged(request())]);
    expect(whole.exitCode).toBe(ExitCode.kept);
    const half = decide([judged(request())], { planned: 4 });
    expect(half.exitCode).toBe(ExitCode.inconclusive);
    expect(half.reason).toBe('only 1 of 4 planned cells were recorded');
    const stopped = decide([judged(request())], { planned: 4, interrupted: true });
    expect(stopped.exitCode).toBe(ExitCode.interrupted);
  });

  it('exits 3 for a threshold that was missed, whatever --fail-on names, and 1 where a claim is broken too', () => {
    const missed = {
      threshold: 'throughput > 1k/s',
      cell: 'log@acks-1/steady',
      value: 900,
      unit: 'msg/s',
      isMet: false,
      reason: '',
    } as const;
    expect(decide([kept], { thresholds: [{ ...missed, isMet: true }] }).exitCode).toBe(0);
    const alone = decide([kept], { thresholds: [missed], failOn: [] });
    expect(alone.exitCode).toBe(3);
    expect(alone.reason).toContain('throughput > 1k/s in log@acks-1/steady was missed');
    expect(decide([violated], { thresholds: [missed] }).exitCode).toBe(1);
    const unknown = { ...missed, value: null, reason: 'too few samples' };
    expect(decide([kept], { thresholds: [unknown] }).reason).toContain('has no figure: too few');
  });

  it.each([
    ['every claim kept', [kept], 0],
    ['an unclaimed anomaly', [kept, unclaimed], 0],
    ['a violated claim', [kept, violated], 1],
    ['a violation beside an inconclusive cell', [inconclusive, violated], 1],
    ['an inconclusive cell', [kept, inconclusive], 2],
    ['no cell at all', [], 2],
    ['only unsupported cells', [unsupported, unsupported], 2],
    ['some unsupported cells', [kept, unsupported], 0],
    ['a target that never became ready', [kept, errorWith('TARGET_NOT_READY')], 69],
    ['a violation beside an unavailable target', [violated, errorWith('PORT_BUSY')], 1],
    ['a bug', [kept, errorWith('BUG')], 70],
    ['a bug beside a violation', [violated, errorWith('BUG')], 70],
    ['an error code of another version', [kept, errorWith('NEVER_HEARD_OF')], 70],
    ['an error code that is a name of Object.prototype', [kept, errorWith('constructor')], 70],
    ['a cell that timed out', [kept, errorWith('TIMED_OUT')], 2],
    ['a control that showed its anomaly', [kept, controlShown], 0],
    ['a control alone', [controlShown], 2],
    ['a planted control that showed nothing', [kept, controlSilent], 2],
    ['a violation beside a silent control', [violated, controlSilent], 1],
    ['a judged cell whose verdict is error', [{ ...kept, verdict: 'error' as const }], 70],
    [
      'a verdict of violated without a broken clause',
      [{ ...kept, verdict: 'violated' as const }],
      1,
    ],
  ])('%s', (_name, cells, exitCode) => {
    const result = decide(cells);
    expect(result.exitCode).toBe(exitCode);
    expect(result.reason).not.toBe('');
  });

  it('orders 70 > 130 > 1 > 69 > 3 > 2 > 0', () => {
    const cells = [kept, inconclusive, violated, errorWith('PORT_BUSY')];
    expect(decide([kept, inconclusive]).exitCode).toBe(2);
    expect(decide([kept, inconclusive, errorWith('PORT_BUSY')]).exitCode).toBe(69);
    expect(decide(cells).exitCode).toBe(1);
    expect(decide(cells, { interrupted: true }).exitCode).toBe(130);
    expect(decide([...cells, errorWith('BUG')], { interrupted: true }).exitCode).toBe(70);
  });

  it('knows every error code that can be recorded', () => {
    for (const code of [
      'USAGE',
      'BAD_ENGINE',
      'CONNECT_FAILED',
      'INTERRUPTED',
      'IO',
      'BUG',
    ] as const) {
      expect(exitCodeOf(code)).toBe(exitCodeOfError(code));
    }
  });

  it('names the cell, the clause and, in the reason of a silent control, the planted defect', () => {
    expect(decide([violated]).reason).toBe('log@acks-all/broker-crash/1 violated D1');
    expect(decide([kept, controlSilent]).reason).toContain(
      'planted swallow-delivery did not show D1',
    );
  });

  it('says how many reasons it leaves out', () => {
    expect(decide(Array.from({ length: 6 }, () => violated)).reason).toMatch(/and 2 more$/);
  });

  it('shows waived clauses and whether the anomaly was seen', () => {
    const clauses = kept.clauses.map((clause) =>
      clause.check === 'D4'
        ? {
            ...clause,
            waiver: 'documented: no deduplication',
            count: 2,
            state: 'unclaimed-violated' as const,
          }
        : clause,
    );
    const result = decide([{ ...kept, clauses }]);
    expect(result.waived).toEqual([
      { cell: kept.id, check: 'D4', waiver: 'documented: no deduplication', seen: true },
    ]);
    expect(result.reason).toContain('1 waived');
  });
});

describe('--fail-on', () => {
  const cells = { violated, inconclusive, unsupported, should };
  const subsets = Array.from({ length: 2 ** failOnKinds.length }, (_, bits) =>
    failOnKinds.filter((_kind, at) => (bits & (1 << at)) !== 0),
  );

  it.each(subsets.flatMap((failOn) => failOnKinds.map((kind) => [failOn, kind] as const)))(
    'with %j and a cell that is %s beside a kept one',
    (failOn: readonly FailOn[], kind: FailOn) => {
      const isOne = kind === 'violated' || kind === 'should';
      const expected = isOne ? ExitCode.violated : ExitCode.inconclusive;
      const result = decide([kept, cells[kind]], { failOn });
      expect(result.exitCode).toBe(failOn.includes(kind) ? expected : ExitCode.kept);
    },
  );

  it('tells once what failed many cells alike', () => {
    const away = [1, 2, 3].map((at) => ({
      ...errorWith('CONNECT_FAILED'),
      id: `log@a/steady/${at}`,
    }));
    expect(decide([...away, errorWith('PORT_BUSY')]).reason).toMatch(
      /^log@a\/steady\/1 and 2 more failed with CONNECT_FAILED; \S+ failed with PORT_BUSY$/,
    );
  });

  it('never hides errors or an interruption', () => {
    expect(decide([errorWith('BUG')], { failOn: [] }).exitCode).toBe(70);
    expect(decide([kept], { failOn: [], interrupted: true }).exitCode).toBe(130);
  });

  it('says what it left out, so that exit 0 does not read as kept', () => {
    const result = decide([kept, violated], { failOn: [] });
    expect(result.exitCode).toBe(0);
    expect(result.reason).toContain(
      '--fail-on leaves out: log@acks-all/broker-crash/1 violated D1',
    );
  });
});
