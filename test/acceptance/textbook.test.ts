import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { judgeTextbook } from '../../harness/textbook/judge-sentence.ts';
import { textbookOf } from '../../harness/textbook/textbook.ts';
import { sentences } from '../../scenarios/textbook/catalog.ts';
import { type FinishedRun, runInProcess } from './run-in-process.ts';

/** Two sentences that are cheap to try: what a retry is worth, and routing. */
describe('the suite of the textbook, for real', () => {
  let run: FinishedRun;
  beforeAll(async () => {
    run = await runInProcess(
      '--suite',
      'textbook',
      '--engine',
      'log,broker',
      '--scenario',
      'lost-response,routing-change',
      '--seed',
      '7',
      '--quiet',
    );
  }, 300_000);

  const verdictOf = (id: string): string | undefined =>
    run.record.textbook.find((sentence) => sentence.id === id)?.verdict;

  it('holds for reference where all that a sentence needs was run, and nowhere else', () => {
    expect(run.exitCode, run.story).toBe(0);
    expect([verdictOf('5'), verdictOf('13')], run.story).toEqual([
      'held-reference-only',
      'held-reference-only',
    ]);
    expect([verdictOf('2'), verdictOf('3'), verdictOf('10')]).toEqual([
      'not-run',
      'not-run',
      'not-run',
    ]);
  });

  it('runs each profile where a sentence asks for it, and no other', () => {
    expect(run.record.cells.map(({ id }) => id).toSorted()).toEqual([
      'broker@manual-ack/routing-change/1',
      'broker@not-mandatory/routing-change/1',
      'log@acks-all/lost-response/1',
      'log@idempotent/lost-response/1',
      'log@pipelined/lost-response/1',
    ]);
  });

  it('tells sentence, numbers and control on the terminal and in the page', () => {
    const page = readFileSync(join(run.directory, 'report.html'), 'utf8');
    expect(page).toContain('The textbook on trial');
    expect(page).toContain('held (reference only)');
    expect(run.story).toMatch(/HELD \(REFERENCE ONLY\).*\n +5\. A producer/);
    expect(run.story).toMatch(/control +log@pipelined\/lost-response: D4 .*: [\d,]+ of/);
  });

  it('does not hold when the profile without the mechanism stands in for the one with it', () => {
    const cells = run.record.cells
      .filter(({ profile }) => profile !== 'idempotent')
      .flatMap((cell) =>
        cell.profile === 'pipelined' ? [cell, { ...cell, profile: 'idempotent' }] : [cell],
      );
    const fifth = sentences.filter(({ id }) => id === '5');
    const [record] = judgeTextbook(textbookOf(fifth), cells);
    expect(record?.verdict).toBe('did-not-hold');
  });

  it('is inconclusive when the fault is taken out of what was recorded', () => {
    const cells = run.record.cells.map((cell) =>
      cell.status === 'judged' ? { ...cell, faults: [] } : cell,
    );
    const again = judgeTextbook(textbookOf(sentences), cells);
    for (const id of ['5', '13']) {
      expect(again.find((sentence) => sentence.id === id)?.verdict).toBe('inconclusive');
    }
  });
});
