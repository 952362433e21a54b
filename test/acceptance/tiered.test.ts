import { beforeAll, describe, expect, it } from 'vitest';
import { cellOf, countOf, type FinishedRun, runInProcess } from './run-in-process.ts';

describe('a log whose older segments lie in a second directory', () => {
  let run: FinishedRun;
  beforeAll(async () => {
    run = await runInProcess(
      ...'--engine log@tiered --scenario backlog --seed 1 --no-controls'.split(' '),
    );
  }, 300_000);

  it('gives its readers all of a backlog that was written before they came, from there', () => {
    const cell = cellOf(run, 'log@tiered/backlog');
    expect(cell.counts.delivered, run.story).toBeGreaterThanOrEqual(30_000);
    expect(countOf(run, 'log@tiered/backlog', 'D1')).toBe(0);
    // So many that hardly anything can have come from memory: a read is a batch of a partition.
    const [, segments, reads] = /tier: (\d+) segments, ([\d,]+) reads/.exec(run.story) ?? [];
    expect(Number(segments), run.story).toBeGreaterThanOrEqual(4);
    expect(Number(reads?.replace(',', ''))).toBeGreaterThan(200);
  });
});
