import { describe, expect, it } from 'vitest';
import type { CheckResult } from '../../../harness/check/check.ts';
import { createJudge } from '../../../harness/check/judge.ts';
import { type CellEvidence, judgeCell } from '../../../harness/check/verdict.ts';
import { type CheckId, checkIds } from '../../../harness/core/anomalies.ts';
import type { ClaimSet, ObligedClause } from '../../../harness/core/clauses.ts';
import { controlShown } from '../../../harness/record/control-shown.ts';
import { clause as clauseSchema } from '../../../harness/record/schema.ts';
import { cleanEvidence, decided, judgedClause, withResults } from './cell-evidence.ts';
import { settling, withMaker } from './history-of.ts';

const must = (set: ClaimSet, ...checks: readonly CheckId[]): ObligedClause[] =>
  checks.map((check) => ({ check, obligation: 'must', sets: [set] }));

const clean: CellEvidence = {
  ...cleanEvidence,
  obliged: [
    ...must('at-least-once', 'D1', 'D7', 'D9', 'D10'),
    { check: 'L3', obligation: 'should', sets: ['at-least-once'] },
  ],
  exposes: ['D1', 'D10'],
  guards: {
    minimumAcknowledged: 100,
    minimumDelivered: 100,
    minimumInFlightAtFault: 10,
    minimumExposure: {},
  },
  faultsPlanned: 1,
  faults: [{ kind: 'kill-broker', target: 'node 1', bit: true, inFlight: 50, evidence: [] }],
};

const having = (...changed: readonly CheckResult[]): CellEvidence => withResults(clean, ...changed);

describe('the verdict of a cell', () => {
  it('is a pass when everything claimed was kept and the evidence is complete', () => {
    const verdict = judgeCell(clean);
    expect(verdict).toMatchObject({ verdict: 'pass', reasons: [] });
    expect(verdict.clauses.map(({ check }) => check)).toEqual(checkIds);
    for (const clause of verdict.clauses) expect(clauseSchema.parse(clause)).toEqual(clause);
  });

  it('is violated by one proven finding against a claimed clause', () => {
    const cell = having(decided('D1', 3));
    expect(judgeCell(cell)).toMatchObject({
      verdict: 'violated',
      reasons: ['D1 acknowledged message lost: 3 of 1000'],
    });
    expect(judgedClause(cell, 'D1')).toMatchObject({
      state: 'broken',
      rate: 0.003,
      classes: { some: 3 },
    });
  });

  it('is inconclusive when events are missing, which could have acquitted or convicted', () => {
    const cell = { ...having(decided('D1', 3)), eventsLost: 5 };
    expect(judgeCell(cell)).toMatchObject({
      verdict: 'inconclusive',
      reasons: expect.arrayContaining(['5 events are missing']),
    });
    expect(judgeCell(cell).clauses.every(({ state }) => state === 'undecided')).toBe(true);
  });

  it('is not touched by findings that are only possible', () => {
    const cell = having(decided('D1', 0, 1_000, 7));
    expect(judgeCell(cell).verdict).toBe('pass');
    expect(judgedClause(cell, 'D1')).toMatchObject({
      state: 'kept',
      possible: 7,
      upperBound: 0.003,
    });
  });

  it('shows unclaimed clauses with their rates, and passes', () => {
    const cell = having(decided('D12', 10));
    expect(judgeCell(cell).verdict).toBe('pass');
    expect(judgedClause(cell, 'D12')).toMatchObject({ state: 'unclaimed-violated', rate: 0.01 });
    expect(judgedClause(cell, 'O2')).toMatchObject({ state: 'unclaimed-held', upperBound: 0.003 });
  });

  it('claims nothing under a fault that the profile does not name', () => {
    const cell = { ...having(decided('D1', 3)), obliged: [] };
    expect(judgeCell(cell).verdict).toBe('pass');
    expect(judgedClause(cell, 'D1')).toMatchObject({
      state: 'unclaimed-violated',
      obligation: 'may',
      id: 'D1',
    });
  });

  it('does not claim a waived clause, and shows why', () => {
    const cell = {
      ...having(decided('D1', 3)),
      waived: [{ clause: 'D1', because: 'the manual, page 7' }],
    };
    expect(judgeCell(cell).verdict).toBe('pass');
    expect(judgedClause(cell, 'D1')).toMatchObject({
      obligation: 'may',
      id: 'at-least-once/D1',
      state: 'unclaimed-violated',
      waiver: 'the manual, page 7',
    });
  });

  it('is violated even where evidence is missing besides', () => {
    const cell = { ...having(decided('D1', 3)), drain: { complete: false, by: 'timed out' } };
    const { verdict, reasons } = judgeCell(cell);
    expect(verdict).toBe('violated');
    expect(reasons).toHaveLength(2);
  });
});

describe('an undecided clause', () => {
  const undecided: CheckResult = { status: 'undecided', check: 'D1', reason: 'not drained' };

  it('makes the cell inconclusive if it was claimed', () => {
    expect(judgeCell(having(undecided))).toMatchObject({
      verdict: 'inconclusive',
      reasons: ['D1 acknowledged message lost: undecided, not drained'],
    });
  });

  it('is shown without consequence if it was not', () => {
    const cell = { ...having(undecided), obliged: [] };
    expect(judgeCell(cell).verdict).toBe('pass');
    expect(judgedClause(cell, 'D1')).toMatchObject({ state: 'undecided', reason: 'not drained' });
  });

  it('is one without exposure, which matters where the scenario was to expose it', () => {
    const exposed = having(decided('D10', 0, 0));
    expect(judgeCell(exposed).verdict).toBe('inconclusive');
    expect(judgedClause(exposed, 'D10')).toMatchObject({ state: 'undecided', upperBound: 1 });
    expect(judgeCell(having(decided('D9', 0, 0))).verdict).toBe('pass');
  });

  it('is one that nobody checked', () => {
    const cell = { ...clean, results: clean.results.filter(({ check }) => check !== 'D9') };
    expect(judgeCell(cell)).toMatchObject({
      verdict: 'inconclusive',
      reasons: ['D9 corrupted message: undecided, it was not checked'],
    });
  });
});

describe('a vacuous pass', () => {
  const vacuous: Readonly<Record<string, Partial<CellEvidence>>> = {
    'too few acknowledgements': { counts: { ...clean.counts, acknowledged: 99 } },
    'too few deliveries': { counts: { ...clean.counts, distinctDelivered: 99, delivered: 5_000 } },
    'a fault without evidence': {
      faults: [{ kind: 'kill-broker', target: '', bit: false, inFlight: 50, evidence: [] }],
    },
    'a fault that was never tried': { faults: [] },
    'too little in flight at the fault': {
      faults: [{ kind: 'kill-broker', target: 'node 1', bit: true, inFlight: 9, evidence: [] }],
    },
    'an unfinished drain': { drain: { complete: false, by: 'timed out' } },
    'an irregular history': { irregularities: ['events are out of order at 1 ns'] },
    'a control that showed nothing': { controlShows: ['D5', 'D6'], obliged: [] },
    'no results': { results: [], obliged: [] },
  };
  it.each(Object.keys(vacuous))('is inconclusive: %s', (what) => {
    const { verdict, reasons } = judgeCell({ ...clean, ...vacuous[what] });
    expect(verdict).toBe('inconclusive');
    expect(reasons).toHaveLength(1);
  });

  it('says why a fault put nothing to the test, where that is known', () => {
    const fault = { kind: 'kill-broker', target: '', bit: false, inFlight: null };
    const due = { name: 'never started', value: 'the load ended before it was due' };
    const never = judgeCell({ ...clean, faults: [{ ...fault, evidence: [due] }] });
    expect(never.reasons).toEqual([
      'the fault kill-broker did not happen as planned: the load ended before it was due',
    ]);
    const over = { name: 'the load', value: 'was over when it struck' };
    const struck = { ...fault, target: 'node 1', bit: true, inFlight: 9, evidence: [over] };
    const late = judgeCell({ ...clean, faults: [struck] });
    expect(late.reasons[0]).toMatch(
      /^only 9 operations were in flight at kill-broker at node 1, .+: the load was over when it struck$/,
    );
  });

  it('is inconclusive: an empty history', () => {
    const guards = {
      minimumAcknowledged: 0,
      minimumDelivered: 0,
      minimumInFlightAtFault: 0,
      minimumExposure: {},
    };
    const { results, counts } = createJudge(settling).finish();
    expect(judgeCell({ ...clean, results, counts, guards, obliged: [] }).verdict).toBe(
      'inconclusive',
    );
  });

  it('is inconclusive: a check that broke, also one that nobody claims', () => {
    const judge = createJudge(settling, {
      seed: 0,
      checks: withMaker('O2', () => ({
        listensTo: [],
        fold: () => undefined,
        finish: () => {
          throw new Error('planted');
        },
      })),
    });
    const { irregularities } = judge.finish();
    expect(judgeCell({ ...clean, irregularities }).verdict).toBe('inconclusive');
  });

  it('takes what was sent for what was acknowledged where sends have no reply', () => {
    const counts = { ...clean.counts, acknowledged: 0 };
    expect(judgeCell({ ...clean, counts, sendReply: 'none' }).verdict).toBe('pass');
    expect(judgeCell({ ...clean, counts }).verdict).toBe('inconclusive');
  });

  it('asks for nothing in flight where nobody can tell', () => {
    const killed = { kind: 'kill-broker', target: 'node 1', bit: true, inFlight: null };
    const faults = [{ ...killed, evidence: [] }];
    expect(judgeCell({ ...clean, faults }).verdict).toBe('pass');
  });
});

describe('a control', () => {
  it('passes when it shows one of its anomalies', () => {
    const cell = {
      ...having(decided('D6', 1)),
      controlShows: ['D5', 'D6'],
      obliged: [],
    } as const;
    expect(judgeCell(cell).verdict).toBe('pass');
  });

  it('shows nothing by a finding that is only possible', () => {
    const shows = (result: CheckResult): boolean =>
      controlShown(judgeCell({ ...clean, results: [result] }).clauses, ['D6']);
    expect(shows(decided('D6', 0, 10, 3))).toBe(false);
    expect(shows(decided('D6', 1))).toBe(true);
  });
});
