import { describe, expect, it } from 'vitest';
import type { RunRecord } from '../../../harness/record/schema.ts';
import { type Judgement, judgementsOf } from '../../../reports/model/judgements.ts';
import { defaultSuiteRun, mixedRun } from '../fixtures/run.ts';

const outcomes = (record: RunRecord, is: Judgement['outcome']['is']) =>
  judgementsOf(record).filter(({ outcome }) => outcome.is === is);

describe('what a run decided', () => {
  it('passes with every claim that was kept, and nothing failed or open', () => {
    const run = defaultSuiteRun();
    expect(run.outcome.exitCode).toBe(0);
    expect(outcomes(run, 'failed')).toEqual([]);
    expect(outcomes(run, 'open')).toEqual([]);
    expect(outcomes(run, 'passed').length).toBeGreaterThan(20);
  });

  it('failed where a claim was broken, with its witness and the command that shows it again', () => {
    const [first] = outcomes(mixedRun(), 'failed');
    expect(first?.group).toContain('log@acks-all/');
    expect(first?.outcome).toMatchObject({ is: 'failed' });
    const details = first?.outcome.is === 'failed' ? first.outcome.details : [];
    expect(details.some((line) => line.startsWith('witness: '))).toBe(true);
    expect(details.at(-1)).toMatch(/^replay: /);
  });

  it('is open where a cell is not decided: what was not seen there did not pass', () => {
    const run = mixedRun();
    const undecided = run.cells.filter(
      (cell) =>
        cell.status === 'judged' && cell.verdict === 'inconclusive' && cell.control.kind === 'none',
    );
    expect(undecided.length).toBeGreaterThan(0);
    for (const { id } of undecided) {
      const ofCell = judgementsOf(run).filter(({ group }) => group === id);
      expect(ofCell[0]).toMatchObject({ name: 'the cell', outcome: { is: 'open' } });
      expect(ofCell.filter(({ outcome }) => outcome.is === 'passed')).toEqual([]);
    }
  });

  it('is open for a cell that failed, treatment or control, with what to do about it', () => {
    const run = mixedRun();
    const failed = run.cells.filter(({ status }) => status === 'error');
    expect(failed.length).toBeGreaterThan(0);
    for (const { id } of failed) {
      const [only] = judgementsOf(run).filter(({ group }) => group === id);
      expect(only?.outcome).toMatchObject({ is: 'open' });
    }
  });

  it('is open for a planted defect that nobody saw, and for no other control', () => {
    const run = defaultSuiteRun();
    const controls = run.controls.map((control) => ({ ...control, outcome: 'not-shown' as const }));
    const open = outcomes({ ...run, controls }, 'open');
    const planted = controls.filter(({ control }) => control.startsWith('planted '));
    expect(open).toHaveLength(planted.length);
    expect(outcomes({ ...run, controls }, 'skipped').length).toBeGreaterThanOrEqual(
      controls.length - planted.length,
    );
  });

  it('failed for a threshold that was missed or has no figure', () => {
    const threshold = { threshold: 'D1 == 0', cell: 'log@acks-1/steady', unit: 'count' } as const;
    const thresholds: RunRecord['thresholds'] = [
      { ...threshold, value: 3, isMet: false, reason: '' },
      { ...threshold, value: null, isMet: false, reason: 'nothing was measured' },
      { ...threshold, value: 0, isMet: true, reason: '' },
    ];
    const failed = outcomes({ ...defaultSuiteRun(), thresholds }, 'failed');
    expect(failed.map(({ outcome }) => outcome)).toMatchObject([
      { message: '3' },
      { message: 'no figure: nothing was measured' },
    ]);
  });

  it('is never all passed where the run did not end with exit code 0', () => {
    const run = defaultSuiteRun();
    for (const exitCode of [1, 2, 3, 69, 70, 130] as const) {
      const outcome = { exitCode, reason: 'for a reason' };
      const last = judgementsOf({ ...run, outcome }).at(-1);
      expect(last).toMatchObject({
        group: 'the run',
        outcome: { is: 'open', code: `exit ${exitCode}`, message: 'for a reason' },
      });
    }
    const interrupted = { ...mixedRun(), interrupted: true };
    expect(judgementsOf(interrupted).at(-1)?.group).toBe('the run');
  });
});
