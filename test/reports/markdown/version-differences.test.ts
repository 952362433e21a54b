import { describe, expect, it } from 'vitest';
import type { CheckId } from '../../../harness/core/anomalies.ts';
import type { ClauseState, JudgedCell } from '../../../harness/record/schema.ts';
import { findingsMarkdown } from '../../../reports/markdown/findings.ts';
import { isJudged } from '../../../reports/model/cells.ts';
import { defaultSuiteRun, runOf } from '../fixtures/run.ts';

const some = defaultSuiteRun()
  .cells.filter(isJudged)
  .find(({ clauses }) => clauses.some(({ check, state }) => check === 'D1' && state === 'kept'));

/** A cell of one version in which D1 came out so, and nothing else is to be told. */
function cellOf(version: string, state: ClauseState, count: number): JudgedCell {
  if (some === undefined) throw new Error('the fixture keeps D1 nowhere');
  const exposes: CheckId[] = ['D1'];
  return {
    ...some,
    target: { ...some.target, title: `Broker ${version}` },
    judging: { ...some.judging, exposes },
    clauses: some.clauses
      .filter(({ check }) => check === 'D1')
      .map((clause) => ({ ...clause, state, count, exposure: 100 })),
  };
}

const differences = (...cells: readonly JudgedCell[]): string => {
  const text = findingsMarkdown(
    cells.map((cell) => runOf([cell])),
    'ackmark',
  );
  const from = text.indexOf('## Differences between versions');
  return from < 0 ? '' : text.slice(from, text.indexOf('\n## ', from + 1));
};

describe('versions of one system', () => {
  it('stand side by side, the oldest first, where a promise came out differently', () => {
    const text = differences(
      cellOf('4.10.0', 'unclaimed-violated', 7),
      cellOf('4.3.1', 'kept', 0),
      cellOf('4.3.1', 'kept', 0),
    );
    expect(text).toContain('### Broker 4.3.1, Broker 4.10.0: 1 node');
    expect(text).toContain('| Scenario | Profile | Promise | Broker 4.3.1 | Broker 4.10.0 |');
    expect(text).toContain(
      '| D1 acknowledged message lost | kept: 0 of 200 | seen; nobody promised it: 7 of 100 (7.0 %) |',
    );
    expect(text).toContain('1 promise, 1 difference.');
  });

  it('are told to be alike where they are', () => {
    const text = differences(cellOf('1', 'kept', 0), cellOf('2', 'kept', 0));
    expect(text).toContain('1 promise, no difference.');
    expect(text).not.toContain('| D1 ');
  });

  it('do not differ in what one of them did not decide', () => {
    const text = differences(cellOf('1', 'kept', 0), cellOf('2', 'undecided', 0));
    expect(text).not.toContain('| D1 ');
  });

  it('say where a third was not put to it', () => {
    const other = { ...cellOf('3', 'kept', 0), scenario: 'another' };
    const text = differences(cellOf('1', 'kept', 0), cellOf('2', 'broken', 1), other);
    expect(text).toContain('| kept: 0 of 100 | **broken**: 1 of 100 (1.0 %) | not run |');
  });

  it('are no subject where there is one of them, or none was put to what another was', () => {
    expect(differences(cellOf('1', 'kept', 0))).toBe('');
    const other = { ...cellOf('2', 'kept', 0), scenario: 'another' };
    expect(differences(cellOf('1', 'kept', 0), other)).toBe('');
  });

  it('are not compared in what nobody promises of any of them', () => {
    const unpromised = (cell: JudgedCell): JudgedCell => ({
      ...cell,
      clauses: cell.clauses.map((clause) => ({ ...clause, obligation: 'may' })),
    });
    const [seen, held] = [cellOf('1', 'unclaimed-violated', 1), cellOf('2', 'unclaimed-held', 0)];
    expect(differences(unpromised(seen), unpromised(held))).toBe('');
    expect(differences(unpromised(seen), held)).toContain('| D1 ');
  });

  it('are not what a target that runs elsewhere is called by', () => {
    const elsewhere = cellOf('at 10.0.0.7:6379', 'broken', 1);
    expect(differences(cellOf('1', 'kept', 0), elsewhere)).toBe('');
    expect(differences(elsewhere, cellOf('at 10.0.0.8:6379', 'kept', 0))).toBe('');
  });

  it('are compared on as many nodes only', () => {
    const cell = cellOf('2', 'broken', 1);
    const three = { ...cell, target: { ...cell.target, nodes: 3 } };
    expect(differences(cellOf('1', 'kept', 0), three)).toBe('');
  });
});
