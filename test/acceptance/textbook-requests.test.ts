import { beforeAll, describe, expect, it } from 'vitest';
import type { CellRecord } from '../../harness/record/schema.ts';
import { judgeTextbook } from '../../harness/textbook/judge-sentence.ts';
import { textbookOf } from '../../harness/textbook/textbook.ts';
import { sentences } from '../../scenarios/textbook/catalog.ts';
import { type FinishedRun, runInProcess } from './run-in-process.ts';

/** Whose replies they are; how long they take is for a machine that does nothing else. */
const untimed = sentences
  .filter(({ id }) => id === '17')
  .map((sentence) => ({
    ...sentence,
    trials: sentence.trials.map(({ treatment, ...trial }) => ({
      ...trial,
      treatment: { ...treatment, shows: treatment.shows.filter(({ is }) => is !== 'measured') },
    })),
  }));

describe('what the textbook says of requests and replies, for real', () => {
  let run: FinishedRun;
  beforeAll(async () => {
    run = await runInProcess(
      ...'--suite textbook --engine log,broker --scenario request-reply --seed 7 --quiet'.split(
        ' ',
      ),
    );
  }, 300_000);

  const verdictIn = (cells: readonly CellRecord[]): string | undefined =>
    judgeTextbook(textbookOf(untimed), cells)[0]?.verdict;

  it('holds for reference: each reply finds its request by the correlation id', () => {
    expect(run.exitCode, run.story).toBe(0);
    expect(verdictIn(run.record.cells), run.story).toBe('held-reference-only');
  });

  it('does not hold when replies are known by their turn', () => {
    const correlated = { log: 'acks-all', broker: 'manual-ack' };
    const cells = run.record.cells.flatMap((cell) => {
      const profile = cell.engine === 'log' ? correlated.log : correlated.broker;
      return cell.profile === 'uncorrelated' ? [cell, { ...cell, profile }] : [];
    });
    expect(verdictIn(cells)).toBe('did-not-hold');
  });

  it('is inconclusive where nobody asked for replies', () => {
    const cells = run.record.cells.map((cell) =>
      cell.status === 'judged' ? { ...cell, replies: null } : cell,
    );
    expect(verdictIn(cells)).toBe('inconclusive');
  });
});
