import { beforeAll, describe, expect, it } from 'vitest';
import { cellOf, countOf, type FinishedRun, runInProcess } from './run-in-process.ts';

describe('order and deduplication of the embedded queue', () => {
  let run: FinishedRun;
  beforeAll(async () => {
    const profiles = ['fifo', 'fifo-quota', 'fifo-dedup-off', 'standard'].map(
      (of) => `queue@${of}`,
    );
    const scenarios = 'consumer-crash,lost-response';
    run = await runInProcess('--engine', profiles.join(), '--scenario', scenarios, '--quiet');
  }, 300_000);

  it('keep what they claim under both faults', () => {
    for (const cell of run.record.cells) {
      expect(cell.status === 'judged' ? cell.verdict : cell.status, run.story).toBe('pass');
    }
  });

  it('recognise a send whose answer was lost, which is stored twice without them', () => {
    expect(cellOf(run, 'queue@fifo/lost-response').counts.resent).toBeGreaterThan(0);
    expect(countOf(run, 'queue@fifo/lost-response', 'D4')).toBe(0);
    expect(countOf(run, 'queue@fifo-dedup-off/lost-response', 'D4'), run.story).toBeGreaterThan(0);
  });

  it.each(['O2', 'O8'] as const)('hold a group up while its consumer is dead: %s', (check) => {
    const cell = cellOf(run, 'queue@fifo/consumer-crash');
    const clause = cell.clauses.find((one) => one.check === check);
    expect(clause).toMatchObject({ state: 'kept', count: 0 });
    expect(clause?.exposure).toBeGreaterThan(1_000);
    expect(cell.counts.redelivered + cell.counts.flaggedRedelivered).toBeGreaterThan(0);
  });

  it('refuse what is beyond the quota, and store nothing of it', () => {
    const cell = cellOf(run, 'queue@fifo-quota/consumer-crash');
    const throttled = cell.outcomes['THROTTLED'] ?? 0;
    expect(throttled, run.story).toBeGreaterThan(0);
    expect(cell.counts.failed).toBe(throttled);
    expect(countOf(run, 'queue@fifo-quota/consumer-crash', 'D8')).toBe(0);
  });

  it('are not what a standard queue has, which hands out again what was deleted, and out of order', () => {
    expect(countOf(run, 'queue@standard/consumer-crash', 'D6'), run.story).toBeGreaterThan(0);
    expect(countOf(run, 'queue@standard/consumer-crash', 'O2'), run.story).toBeGreaterThan(0);
  });
});
