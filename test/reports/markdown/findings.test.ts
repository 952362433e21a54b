import { describe, expect, it } from 'vitest';
import { findingsMarkdown } from '../../../reports/markdown/findings.ts';
import type { CheckId } from '../../../harness/core/anomalies.ts';
import type { ClauseState, JudgedCell, RunRecord } from '../../../harness/record/schema.ts';
import { isJudged } from '../../../reports/model/cells.ts';
import { defaultSuiteRun, runOf } from '../fixtures/run.ts';

const all = defaultSuiteRun();
const program = 'npm run -s ackmark --';

function cellWith(check: CheckId, state: ClauseState): JudgedCell {
  const found = all.cells
    .filter(isJudged)
    .find((cell) => cell.clauses.some((one) => one.check === check && one.state === state));
  if (found === undefined) throw new Error(`the fixture has no ${check} that is ${state}`);
  return { ...found, judging: { ...found.judging, exposes: [check] } };
}

function rowsOf(run: readonly RunRecord[]): string[] {
  return findingsMarkdown(run, program)
    .split('\n')
    .filter((line) => /^\| [a-z]+\\@/.test(line));
}

describe('findings of several runs', () => {
  it('says what was seen, by whom it was promised and for how long nothing was acknowledged', () => {
    const cell = cellWith('D1', 'unclaimed-violated');
    const clause = cell.clauses.find(({ check }) => check === 'D1');
    const [row = ''] = rowsOf([runOf([{ ...cell, longestGapNs: 1.25e9 }])]).filter((line) =>
      line.includes('| D1 '),
    );
    expect(row).toContain('| nobody | seen; nobody promised it |');
    expect(row).toContain(`| ${clause?.count} of `);
    expect(row.endsWith('| 1 | 1.25 s |')).toBe(true);
  });

  it('adds up the cells of all runs, and the worst state stands for them', () => {
    const cell = cellWith('D1', 'kept');
    const clauses = cell.clauses.map((clause) =>
      clause.check === 'D1'
        ? { ...clause, state: 'broken' as const, count: 3, exposure: 1_000 }
        : clause,
    );
    const lossy = { ...cell, clauses };
    const kept = {
      ...cell,
      clauses: clauses.map((clause) =>
        clause.check === 'D1' ? { ...clause, state: 'kept' as const, count: 0 } : clause,
      ),
    };
    const rows = rowsOf([runOf([kept]), runOf([lossy]), runOf([kept])]).filter((line) =>
      line.includes('| D1 '),
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]).toContain('| **broken** | 3 of 3,000 (0.10 %) | 3 |');
  });

  it('counts a cell that decided nothing in no figure', () => {
    const cell = cellWith('D1', 'kept');
    const open = {
      ...cell,
      clauses: cell.clauses.map((clause) => ({ ...clause, state: 'undecided' as const })),
    };
    const runs = [
      runOf([
        { ...cell, longestGapNs: 2e9 },
        { ...open, longestGapNs: 9e9 },
      ]),
    ];
    const [row] = rowsOf(runs).filter((line) => line.includes('| D1 '));
    expect(row).toContain('| 1, 1 undecided | 2.00 s |');
    const alone = rowsOf([runOf([{ ...open, longestGapNs: 9e9 }])]);
    expect(alone.find((line) => line.includes('| D1 '))).toContain(
      '| not decided | 0 of 0 | 0, 1 undecided | – |',
    );
  });

  it('takes for kept only what was kept where the evidence was whole', () => {
    const cell = cellWith('D1', 'kept');
    const reasons = ['the fault kill-leader did not happen as planned: its evidence is missing'];
    const open = { ...cell, verdict: 'inconclusive' as const, reasons };
    const [alone = ''] = rowsOf([runOf([open])]).filter((line) => line.includes('| D1 '));
    expect(alone).toContain('| not decided | 0 of 0 | 0, 1 undecided |');
    const [row = ''] = rowsOf([runOf([cell, open])]).filter((line) => line.includes('| D1 '));
    expect(row).toContain('| kept |');
    expect(row).toContain('| 1, 1 undecided |');
  });

  it('takes what a broken promise says beside it for kept only where nothing else was missing', () => {
    const cell = cellWith('D1', 'kept');
    const clauses = cell.clauses.map((clause) =>
      clause.check === 'D7' ? { ...clause, state: 'broken' as const, count: 1 } : clause,
    );
    const broken = { ...cell, verdict: 'violated' as const, clauses, reasons: ['D7: 1 of 9'] };
    const [whole = ''] = rowsOf([runOf([broken])]).filter((line) => line.includes('| D1 '));
    expect(whole).toContain('| kept |');
    const open = { ...broken, reasons: [...broken.reasons, 'the drain did not complete'] };
    const rows = rowsOf([runOf([open])]);
    expect(rows.find((line) => line.includes('| D1 '))).toContain('| not decided |');
    expect(rows.find((line) => line.includes('| D7 '))).toContain('| **broken** |');
  });

  it('leaves out what is neither promised nor seen, and planted controls', () => {
    const text = findingsMarkdown([all], program);
    expect(text).not.toContain('unclaimed-held');
    const control = { kind: 'planted' as const, plant: 'swallow-delivery', shows: ['D1' as const] };
    const cell = cellWith('D1', 'unclaimed-violated');
    expect(rowsOf([runOf([{ ...cell, control }])])).toEqual([]);
  });

  it('gives the command that shows it again, once for each cell', () => {
    const cell = cellWith('D1', 'unclaimed-violated');
    const typed = 'run --engine log@acks-1 --scenario broker-crash --seed 5';
    // One of the runs was called by its file, the other was installed.
    const called = ['node harness/cli/bin.ts', 'ackmark'].map((own) =>
      runOf([{ ...cell, replay: `${own} ${typed}` }]),
    );
    const text = findingsMarkdown(called, program);
    expect(text.split('```sh')[1]?.split('```')[0]).toBe(`\n${program} ${typed}\n`);
    expect(text).not.toContain('bin.ts');
  });

  it('says how many rows it left out', () => {
    const cell = cellWith('D1', 'unclaimed-violated');
    const many = Array.from({ length: 60 }, (_, at) => ({
      ...cell,
      profile: `p${at}`,
      replay: `again ${at}`,
    }));
    const text = findingsMarkdown([runOf(many)], program);
    expect(text).toMatch(/40 of \d+ rows\./);
    expect(text).toMatch(/12 of \d+ commands\./);
  });
});
