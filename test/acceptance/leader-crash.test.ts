import { beforeAll, describe, expect, it } from 'vitest';
import { cellOf, countOf, type FinishedRun, runInProcess } from './run-in-process.ts';

describe('the leader of three embedded logs that is killed while its followers lag', () => {
  let run: FinishedRun;
  beforeAll(async () => {
    const profiles = 'log@acks-all,log@acks-1';
    run = await runInProcess('--engine', profiles, '--scenario', 'leader-crash', '--quiet');
  }, 300_000);

  it('takes nothing with it that all in-sync replicas had acknowledged', () => {
    const cell = cellOf(run, 'log@acks-all/leader-crash');
    expect(cell.claimed).toBe(true);
    expect(cell.verdict, run.story).toBe('pass');
    expect(countOf(run, 'log@acks-all/leader-crash', 'D1')).toBe(0);
  });

  it('takes with it what it had acknowledged alone, which nobody claims to survive', () => {
    const cell = cellOf(run, 'log@acks-1/leader-crash');
    expect(cell.claimed).toBe(false);
    expect(countOf(run, 'log@acks-1/leader-crash', 'D1'), run.story).toBeGreaterThan(0);
  });

  it('shows by the one that the other was put to a test', () => {
    expect(run.record.controls).toMatchObject([{ control: 'unclaimed', outcome: 'shown' }]);
  });
});
