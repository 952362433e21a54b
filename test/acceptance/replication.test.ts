import { beforeAll, describe, expect, it } from 'vitest';
import type { JudgedCell } from '../../harness/record/schema.ts';
import { cellOf, countOf, type FinishedRun, runInProcess } from './run-in-process.ts';

function evidenceOf(cell: JudgedCell, name: string): number {
  const found = cell.faults[0]?.evidence.find((fact) => fact.name === name);
  return Number(found?.value ?? 0);
}

describe('the followers of a leader that stand still until they are out of sync', () => {
  let run: FinishedRun;
  beforeAll(async () => {
    const profiles = 'log@acks-all,log@acks-all-min-1,log@pipelined,log@idempotent';
    run = await runInProcess('--engine', profiles, '--scenario', 'below-min-in-sync', '--quiet');
  }, 300_000);

  it('leave a leader that refuses what too few would store, and takes it when they are back', () => {
    const cell = cellOf(run, 'log@acks-all/below-min-in-sync');
    expect(cell.verdict, run.story).toBe('pass');
    expect(evidenceOf(cell, 'sends refused meanwhile')).toBeGreaterThan(0);
    expect(cell.outcomes['NOT_ENOUGH_REPLICAS']).toBeGreaterThan(0);
    expect(evidenceOf(cell, 'sends acknowledged by the leader alone')).toBe(0);
    expect(evidenceOf(cell, 'milliseconds until sends were acknowledged again')).not.toBeNaN();
    expect(countOf(run, 'log@acks-all/below-min-in-sync', 'D1')).toBe(0);
  });

  it('leave one that goes on alone, where one in-sync replica is enough', () => {
    const cell = cellOf(run, 'log@acks-all-min-1/below-min-in-sync');
    expect(cell.claimed).toBe(false);
    expect(evidenceOf(cell, 'sends refused meanwhile')).toBe(0);
    expect(evidenceOf(cell, 'sends acknowledged by the leader alone')).toBeGreaterThan(0);
  });

  it('make a retry without sequences store twice, and with them not', () => {
    expect(countOf(run, 'log@pipelined/below-min-in-sync', 'D4'), run.story).toBeGreaterThan(0);
    const cell = cellOf(run, 'log@idempotent/below-min-in-sync');
    expect(cell.verdict, run.story).toBe('pass');
    expect(evidenceOf(cell, 'sends acknowledged at a later attempt')).toBeGreaterThan(0);
  });
});

describe('the leader that dies when its followers are out of sync', () => {
  let run: FinishedRun;
  beforeAll(async () => {
    const profiles = 'log@acks-all,log@acks-all-min-1,log@unclean';
    const scenarios = 'lone-leader-crash,lone-leader-power-loss';
    run = await runInProcess('--engine', profiles, '--scenario', scenarios, '--quiet');
  }, 300_000);

  it.each(['lone-leader-crash', 'lone-leader-power-loss'])(
    'takes nothing with it that two had to store: %s',
    (scenario) => {
      const cell = cellOf(run, `log@acks-all/${scenario}`);
      expect(cell.verdict, run.story).toBe('pass');
      expect(countOf(run, `log@acks-all/${scenario}`, 'D1')).toBe(0);
    },
  );

  it('takes nothing with it either when all wait until it is back', () => {
    const cell = cellOf(run, 'log@acks-all-min-1/lone-leader-crash');
    const evidence = cell.faults[0]?.evidence;
    expect(evidence).toContainEqual({ name: 'led while it was down', value: 'nobody' });
    expect(countOf(run, 'log@acks-all-min-1/lone-leader-crash', 'D1'), run.story).toBe(0);
  });

  it('takes with it what it alone had acknowledged, when another leads meanwhile', () => {
    expect(countOf(run, 'log@unclean/lone-leader-crash', 'D1'), run.story).toBeGreaterThan(0);
  });

  it('or when it comes back with less than it had, and was the last of its in-sync set', () => {
    const cell = 'log@acks-all-min-1/lone-leader-power-loss';
    expect(countOf(run, cell, 'D1'), run.story).toBeGreaterThan(0);
  });
});
