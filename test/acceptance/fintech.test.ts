import { beforeAll, describe, expect, it } from 'vitest';
import { judgeTextbook } from '../../harness/textbook/judge-sentence.ts';
import { textbookOf } from '../../harness/textbook/textbook.ts';
import { exercise } from '../../scenarios/fintech/sentence.ts';
import { cellOf, countOf, type FinishedRun, runInProcess } from './run-in-process.ts';

/** The treatment and the control whose consumer commits before it has written; SQLite stands in for the ledger. */
describe('one stream with billing, fraud and analytics, while consumers and the broker die', () => {
  const kept = 'log@keyed-effects/fintech-short';
  const early = 'log@commits-before-write/fintech-short';
  let run: FinishedRun;
  beforeAll(async () => {
    run = await runInProcess(
      ...'--engine log@keyed-effects,log@commits-before-write --scenario fintech-short --effects sqlite --seed 7 --no-controls --quiet'.split(
        ' ',
      ),
    );
  }, 300_000);

  it('bills each event once, in order, though a job dies between its effect and its outputs', () => {
    for (const check of ['E2', 'T4', 'O2', 'D1'] as const) {
      expect(countOf(run, kept, check), run.story).toBe(0);
    }
  });

  it('has a row of each event in files, and loses those that were committed and not written', () => {
    const { exercise: told, clauses } = cellOf(run, kept);
    const lost = clauses.find(({ check }) => check === 'E1');
    expect(lost).toMatchObject({ count: 0, exposure: 2 * (told?.files.rows ?? 0) });
    expect(countOf(run, early, 'E1'), run.story).toBeGreaterThan(0);
  });

  it('has each record that cannot be decoded among the dead letters, and nothing else there', () => {
    const { exercise: told } = cellOf(run, kept);
    expect(told?.setAside).toMatchObject({ missing: 0, others: 0 });
    expect(told?.setAside.undecodable).toBeGreaterThan(0);
    expect(told?.spread.usersSeen).toBeGreaterThan(5_000);
  });

  it('is inconclusive when its faults are taken out of what was recorded', () => {
    const cells = run.record.cells.map((cell) =>
      cell.status === 'judged' ? { ...cell, faults: [] } : cell,
    );
    const [record] = judgeTextbook(textbookOf([exercise]), cells);
    const outcomes = record?.trials.flatMap(({ systems }) => systems.map(({ outcome }) => outcome));
    expect(outcomes).not.toContain('differs');
    expect(outcomes).not.toContain('contradicted');
  });
});
