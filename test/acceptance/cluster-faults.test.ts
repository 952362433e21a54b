import { beforeAll, describe, expect, it } from 'vitest';
import { cellOf, countOf, type FinishedRun, runInProcess } from './run-in-process.ts';

const play = (engine: string, scenario: string): Promise<FinishedRun> =>
  runInProcess('--engine', engine, '--scenario', scenario, '--no-controls', '--quiet');

const lost = (run: FinishedRun, cell: string): number =>
  countOf(run, cell, 'D1') + countOf(run, cell, 'D10');

describe('the leader of three embedded nodes that stands still until another one leads', () => {
  let run: FinishedRun;
  beforeAll(async () => {
    run = await play('log@acks-all,log@acks-1,broker@manual-ack', 'leader-pause');
  }, 300_000);

  it('acknowledges nothing that others would have to store when it goes on', () => {
    const cell = cellOf(run, 'log@acks-all/leader-pause');
    expect(cell.claimed).toBe(true);
    expect(cell.verdict, run.story).toBe('pass');
    expect(lost(run, 'log@acks-all/leader-pause')).toBe(0);
  });

  it('acknowledges what is lost where its own word is enough, and the log or the queue shows it', () => {
    const alone = ['log@acks-1/leader-pause', 'broker@manual-ack/leader-pause'];
    for (const cell of alone) expect(cellOf(run, cell).faults[0]?.bit, run.story).toBe(true);
    expect(Math.max(...alone.map((cell) => lost(run, cell)))).toBeGreaterThan(0);
  });
});

describe.each(['all-nodes-crash', 'rolling-restart'])('three embedded nodes in %s', (scenario) => {
  let run: FinishedRun;
  beforeAll(async () => {
    run = await play('broker@quorum,broker@transient', scenario);
  }, 300_000);

  it('lose nothing that a majority had synced', () => {
    const cell = cellOf(run, `broker@quorum/${scenario}`);
    expect(cell.claimed).toBe(true);
    expect(cell.verdict, run.story).toBe('pass');
    expect(lost(run, `broker@quorum/${scenario}`)).toBe(0);
  });

  it('say how long nothing was acknowledged', () => {
    const evidence = cellOf(run, `broker@quorum/${scenario}`).faults[0]?.evidence ?? [];
    const gap = evidence.find(({ name }) => name.startsWith('longest time without'));
    expect(Number(gap?.value)).toBeGreaterThan(0);
  });

  it('lose what they kept in memory alone, which nobody claims to survive', () => {
    const cell = cellOf(run, `broker@transient/${scenario}`);
    expect(cell.claimed).toBe(false);
    expect(lost(run, `broker@transient/${scenario}`), run.story).toBeGreaterThan(0);
  });
});
