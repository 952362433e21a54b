import { beforeAll, describe, expect, it } from 'vitest';
import { cellOf, countOf, type FinishedRun, runInProcess } from './run-in-process.ts';

const synced = ['log@fsync-every-batch', 'queue@lease-fsync-every-batch'] as const;
const unsynced = ['log@acks-all', 'log@fsync-interval', 'queue@lease'] as const;

describe('a power loss of the embedded brokers', () => {
  let run: FinishedRun;
  beforeAll(async () => {
    const profiles = [...unsynced, ...synced].join(',');
    run = await runInProcess('--engine', profiles, '--scenario', 'power-loss', '--quiet');
  }, 300_000);

  it.each(synced)('takes nothing that %s acknowledged, which claims it', (profile) => {
    const cell = cellOf(run, `${profile}/power-loss`);
    expect(cell.verdict, run.story).toBe('pass');
    expect(cell.claimed).toBe(true);
    expect(countOf(run, `${profile}/power-loss`, 'D1')).toBe(0);
  });

  it.each(unsynced)('takes acknowledged messages of %s, which does not claim it', (profile) => {
    const cell = cellOf(run, `${profile}/power-loss`);
    expect(cell.claimed).toBe(false);
    expect(countOf(run, `${profile}/power-loss`, 'D1'), run.story).toBeGreaterThan(0);
  });

  it('loses less, the more often it syncs', () => {
    const lost = (profile: string): number => countOf(run, `${profile}/power-loss`, 'D1');
    expect(lost('log@fsync-interval')).toBeLessThan(lost('log@acks-all'));
  });

  it('has the bytes that went with the power as its evidence', () => {
    for (const profile of unsynced) {
      const cell = cellOf(run, `${profile}/power-loss`);
      const [fault] = cell.status === 'judged' ? cell.faults : [];
      const lost = fault?.evidence.find(({ name }) => name === 'bytes lost that were not synced');
      expect(Number(lost?.value), profile).toBeGreaterThan(0);
    }
  });

  it('shows by the unsynced profiles that the synced ones were put to a test', () => {
    for (const engine of ['log', 'queue']) {
      const control = run.record.controls.find((one) => one.engine === engine);
      expect(control).toMatchObject({ control: 'unclaimed', outcome: 'shown' });
    }
  });
});
