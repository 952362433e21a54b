import { beforeAll, describe, expect, it } from 'vitest';
import type { CellRecord } from '../../harness/record/schema.ts';
import { judgeTextbook } from '../../harness/textbook/judge-sentence.ts';
import { textbookOf } from '../../harness/textbook/textbook.ts';
import { sentences } from '../../scenarios/textbook/catalog.ts';
import { type FinishedRun, runInProcess } from './run-in-process.ts';

/** What is in whose hands, in which order, and for whom else: sentences that some seconds of the log decide. */
describe('what the textbook says of reading, for real', () => {
  let run: FinishedRun;
  beforeAll(async () => {
    run = await runInProcess(
      '--suite',
      'textbook',
      '--engine',
      'log',
      '--scenario',
      'read-after,read-newest,windowed,windowless,hot-key,same-partitions,more-partitions',
      '--seed',
      '7',
      '--quiet',
    );
  }, 300_000);

  const verdictIn = (id: string, cells: readonly CellRecord[]): string | undefined =>
    judgeTextbook(textbookOf(sentences.filter((one) => one.id === id)), cells)[0]?.verdict;

  it.each(['1b', '6', '9', '16', '19d'])('holds sentence %s for reference', (id) => {
    expect(run.exitCode, run.story).toBe(0);
    expect(verdictIn(id, run.record.cells), run.story).toBe('held-reference-only');
  });

  it.each([
    { id: '1b', off: 'log@short-retention/read-after', on: 'log@acks-all/read-after' },
    { id: '6', off: 'log@composite-key/hot-key', on: 'log@idempotent/hot-key' },
    { id: '9', off: 'log@acks-all/windowless', on: 'log@acks-all/windowed' },
    { id: '19d', off: 'log@acks-all/read-newest', on: 'log@compacted/read-newest' },
    { id: '16', off: 'log@composite-key/hot-key', on: 'log@idempotent/hot-key' },
  ])('does not hold sentence $id when $off stands in for $on', ({ id, off, on }) => {
    const nameOf = ({ engine, profile, scenario }: CellRecord): string =>
      `${engine}@${profile}/${scenario}`;
    const without = run.record.cells.find((cell) => nameOf(cell) === off);
    if (without === undefined) throw new Error(`${off} was not run`);
    const cells = run.record.cells.map((cell) => {
      const { profile, scenario } = cell;
      return nameOf(cell) === on ? { ...without, profile, scenario } : cell;
    });
    expect(verdictIn(id, cells)).toBe('did-not-hold');
  });

  it('is inconclusive where nobody read again, and where nothing tells who held what', () => {
    const cells = run.record.cells.map((cell) =>
      cell.status === 'judged' ? { ...cell, faults: [], reading: null } : cell,
    );
    for (const id of ['1b', '9', '16', '19d'])
      expect(verdictIn(id, cells), id).toBe('inconclusive');
  });
});
