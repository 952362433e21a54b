import { describe, expect, it } from 'vitest';
import { limitsOf } from '../../reports/model/limits.ts';
import { cellOf, runInProcess } from './run-in-process.ts';

const load = (rate: number, messages: number) =>
  ['--scenario', 'steady', '--rate', `${rate}/s`, '--messages', `${messages}`].concat(
    '--warmup',
    '100',
    '--no-controls',
    '--quiet',
  );

describe('a load at 1.5 × a quota', { timeout: 180_000 }, () => {
  it('is throttled, tries again, and the report says that the quota was the limit', async () => {
    const engine = './test/acceptance/small-quota/engine.ts@fifo-quota';
    const run = await runInProcess('--engine', engine, ...load(450, 5_400));
    const cell = cellOf(run, 'sqs@fifo-quota/steady');
    expect(cell.limit?.side, run.story).toBe('quota');
    expect(cell.limit?.quota).toMatchObject({ messagesPerSecond: 300 });
    expect(cell.target.title).toMatch(/^fauxqs .+ behind a limit of 30 calls\/s of each action$/);
    expect(limitsOf(run.record)[0]?.text).toMatch(
      /^quota-limited: \d+ of 300 messages\/s that the quota takes while [\d,]+ sends were throttled;/,
    );
  });

  it('below the quota is not said to be at it', async () => {
    const run = await runInProcess('--engine', 'queue@fifo-quota', ...load(1_000, 5_000));
    const { limit } = cellOf(run, 'queue@fifo-quota/steady');
    expect(limit?.side, run.story).not.toBe('quota');
    expect(limit?.quota).toBeNull();
  });
});
