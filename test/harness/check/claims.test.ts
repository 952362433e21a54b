import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CheckResult } from '../../../harness/check/check.ts';
import { type CellEvidence, judgeCell } from '../../../harness/check/verdict.ts';
import { type CheckId, checkIds } from '../../../harness/core/anomalies.ts';
import { obligedBy, verdicts } from '../../../harness/core/clauses.ts';
import { type Deviation, deviationsOn, isDay } from '../../../harness/core/deviations.ts';
import { cleanEvidence, decided, judgedClause, withResults } from './cell-evidence.ts';

const clean: CellEvidence = {
  ...cleanEvidence,
  obliged: obligedBy('at-least-once', ['read-committed'], { effects: 'unrecorded' }),
};

const having = (...changed: readonly CheckResult[]): CellEvidence => withResults(clean, ...changed);

const deviation: Deviation = {
  id: 'BROKER-1',
  clause: 'D1',
  under: 'any',
  target: 'any',
  because: 'https://example.org/BROKER-1',
  expires: '2026-12-31',
};
const on = (day: string, cell: CellEvidence): CellEvidence => ({
  ...cell,
  deviations: deviationsOn([deviation], { under: 'none', target: 'local', day }),
});

describe('a clause', () => {
  it('says what it obliges to, and by which claimed set', () => {
    expect(judgedClause(clean, 'D1')).toMatchObject({ id: 'at-least-once/D1', obligation: 'must' });
    expect(judgedClause(clean, 'T1')).toMatchObject({
      id: 'read-committed/T1',
      evidence: 'witness',
    });
    expect(judgedClause(clean, 'L3')).toMatchObject({ obligation: 'should', state: 'should-held' });
    expect(judgedClause(clean, 'D5')).toMatchObject({ id: 'D5', obligation: 'may', sets: [] });
  });

  it('that should hold and does not is a warning', () => {
    const cell = having(decided('L3', 2));
    expect(judgeCell(cell).verdict).toBe('pass');
    expect(judgedClause(cell, 'L3')).toMatchObject({ state: 'should-violated', rate: 0.002 });
  });

  it('with fewer chances than a guard asks for is undecided, and broken all the same if seen', () => {
    const guards = { ...clean.guards, minimumExposure: { D1: 2_000 } };
    const cell = { ...clean, guards };
    expect(judgeCell(cell)).toMatchObject({
      verdict: 'inconclusive',
      reasons: ['D1 acknowledged message lost: undecided, only 1,000 chances, 2,000 are needed'],
    });
    expect(judgeCell({ ...having(decided('D1', 1)), guards }).verdict).toBe('violated');
  });
});

describe('a claimed set that nothing puts to the test', () => {
  it('is inconclusive, with what the history lacks', () => {
    const results = clean.results.map((result): CheckResult => {
      if (!result.check.startsWith('T')) return result;
      const reason = 'no transactions are recorded';
      return { status: 'inapplicable', check: result.check, reason };
    });
    expect(judgeCell({ ...clean, results })).toMatchObject({
      verdict: 'inconclusive',
      reasons: [
        'read-committed was claimed, and nothing in this history could have shown a breach: no transactions are recorded',
      ],
    });
  });
});

describe('a known deviation', () => {
  const broken = having(decided('D1', 3));

  it('excuses a broken clause up to its last day, and not a day longer', () => {
    expect(judgeCell(on('2026-12-31', broken)).verdict).toBe('pass');
    expect(judgedClause(on('2026-12-31', broken), 'D1')).toMatchObject({ state: 'expected' });
    expect(judgeCell(on('2027-01-01', broken))).toMatchObject({
      verdict: 'violated',
      reasons: [
        'D1 acknowledged message lost: 3 of 1000; its deviation BROKER-1 expired on 2026-12-31',
      ],
    });
  });

  it('is told when nothing needed it', () => {
    expect(judgedClause(on('2026-12-31', clean), 'D1')?.state).toBe('unexpectedly-kept');
    expect(judgedClause(on('2027-01-01', clean), 'D1')?.state).toBe('kept');
  });

  it('applies under its fault and on its target alone', () => {
    const crash = { ...deviation, under: 'process-crash', target: 'emulator' } as const;
    const day = '2026-11-25';
    const applies = (under: 'process-crash' | 'none', target: string) =>
      deviationsOn([crash], { under, target, day }).length;
    expect(applies('process-crash', 'emulator')).toBe(1);
    expect(applies('none', 'emulator')).toBe(0);
    expect(applies('process-crash', 'local')).toBe(0);
  });

  it('expires on a day of the calendar', () => {
    expect(isDay('2028-02-29')).toBe(true);
    expect(['2026-02-29', '2026-1-1', 'soon', '2026-12-31T00:00:00Z'].some(isDay)).toBe(false);
  });
});

describe('the verdicts form a lattice', () => {
  const badness = (cell: CellEvidence): number => verdicts.indexOf(judgeCell(cell).verdict);
  const result = (check: CheckId): fc.Arbitrary<CheckResult> =>
    fc.oneof(
      fc
        .tuple(
          fc.constantFrom(...Array.from({ length: 40 }, () => 0), 7),
          fc.constantFrom(0, 3, 1_000),
        )
        .map(([count, exposure]) => decided(check, count, exposure)),
      fc.constant<CheckResult>({ status: 'undecided', check, reason: 'not drained' }),
      fc.constant<CheckResult>({ status: 'inapplicable', check, reason: 'none recorded' }),
    );
  const evidence = fc
    .record({
      results: fc.tuple(...checkIds.map(result)),
      claims: fc.boolean(),
      day: fc.constantFrom('2026-12-31', '2027-01-01'),
      complete: fc.boolean(),
    })
    .map(({ results, claims, day, complete }) =>
      on(day, {
        ...clean,
        results,
        obliged: claims ? clean.obliged : [],
        drain: { complete, by: 'positions' },
      }),
    );
  const id = fc.constantFrom(...checkIds);
  const replaced = (cell: CellEvidence, by: CheckResult): CellEvidence => ({
    ...cell,
    results: cell.results.map((one) => (one.check === by.check ? by : one)),
  });

  it('in which evidence of a violation never improves one', () => {
    fc.assert(
      fc.property(evidence, id, (cell, check) => {
        // An excused clause counts as tried, so that its finding may decide a set that nothing else did.
        fc.pre(cell.deviations.every(({ clause }) => clause !== check));
        const before = cell.results.find((one) => one.check === check);
        fc.pre(before?.status === 'decided' && before.exposure > 0);
        expect(badness(replaced(cell, decided(check, 5)))).toBeGreaterThanOrEqual(badness(cell));
      }),
    );
  });

  it('in which less evidence never makes a pass', () => {
    fc.assert(
      fc.property(evidence, id, (cell, check) => {
        fc.pre(judgeCell(cell).verdict === 'inconclusive');
        const undecided: CheckResult = { status: 'undecided', check, reason: 'gone' };
        const less: readonly CellEvidence[] = [
          replaced(cell, undecided),
          { ...cell, results: cell.results.filter((one) => one.check !== check) },
          { ...cell, eventsLost: 1 },
          { ...cell, drain: { complete: false, by: 'gone' } },
          { ...cell, counts: { ...cleanEvidence.counts, acknowledged: 0 } },
        ];
        for (const one of less) expect(judgeCell(one).verdict).not.toBe('pass');
      }),
    );
  });

  it('in which an excuse turns nothing but a violation into a pass', () => {
    fc.assert(
      fc.property(evidence, (cell) => {
        const bare = judgeCell({ ...cell, deviations: [] }).verdict;
        const excused = judgeCell(cell).verdict;
        if (bare !== 'violated') expect(excused).toBe(bare);
      }),
    );
  });
});
