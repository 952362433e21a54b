import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cellOf, runInProcess } from './run-in-process.ts';

const load = (rate: number, messages: number) =>
  ['--scenario', 'steady', '--rate', `${rate}/s`, '--messages', `${messages}`].concat(
    '--warmup',
    '100',
    '--no-controls',
    '--quiet',
  );

describe('a load at 1.5 × a quota', { timeout: 180_000 }, () => {
  it('is throttled, and what was throttled is acknowledged at a later attempt', async () => {
    const engine = `${join(import.meta.dirname, 'small-quota/engine.ts')}@fifo-quota`;
    const run = await runInProcess('--engine', engine, ...load(150, 1_500));
    const cell = cellOf(run, 'sqs@fifo-quota/steady');
    expect(cell.target.title).toMatch(/^fauxqs .+ behind a limit of 10 calls\/s of each action$/);
    expect(cell.limit?.quota, run.story).toMatchObject({ messagesPerSecond: 100 });
    const { sent, acknowledged, failed, unknown } = cell.counts;
    expect([acknowledged + failed, unknown], run.story).toEqual([sent, 0]);
    // What failed was throttled three times. What was throttled besides got through in the end.
    expect(cell.limit?.quota?.throttled, run.story).toBeGreaterThan(3 * failed);
  });

  it('below the quota is not said to be at it', async () => {
    const run = await runInProcess('--engine', 'queue@fifo-quota', ...load(200, 1_000));
    const { limit } = cellOf(run, 'queue@fifo-quota/steady');
    expect(limit?.side, run.story).not.toBe('quota');
    expect(limit?.quota).toBeNull();
  });
});
