import { beforeAll, describe, expect, it } from 'vitest';
import { cellOf, type FinishedRun, runInProcess } from './run-in-process.ts';

const profiles = ['log@idempotent', 'log@cooperative', 'log@static-members'] as const;

describe('what a rebalance of the embedded log takes from consumers that stay', () => {
  let run: FinishedRun;
  beforeAll(async () => {
    // Of planted controls, which take half a minute, nothing is asked here.
    run = await runInProcess(
      ...`--engine ${profiles.join(',')} --scenario rebalance --no-controls --quiet`.split(' '),
    );
  }, 300_000);

  /** Scopes given up by the others when one joined, died and came back, and left. */
  const takenBy = (profile: (typeof profiles)[number]): number[] => {
    const { faults } = cellOf(run, `${profile}/rebalance`);
    return faults.map(({ bit, evidence }) => {
      expect(bit, run.story).toBe(true);
      const taken = evidence.find(({ name }) => name === 'scopes that other consumers gave up');
      return taken?.value === 'none' ? 0 : Number.parseInt(taken?.value ?? '', 10);
    });
  };

  it.each(profiles)('is no promise of %s broken, whatever it costs', (profile) => {
    expect(cellOf(run, `${profile}/rebalance`).verdict, run.story).toBe('pass');
  });

  it('is everything when the group rebalances eagerly', () => {
    const [joined = 0, crashed = 0, left = 0] = takenBy('log@idempotent');
    expect(joined).toBe(6);
    expect(crashed).toBeGreaterThanOrEqual(6);
    expect(left).toBeGreaterThanOrEqual(4);
  });

  it('is what changes hands when it rebalances cooperatively', () => {
    expect(takenBy('log@cooperative')).toEqual([1, 1, 0]);
  });

  it('is nothing when a static member comes back within its session timeout', () => {
    expect(takenBy('log@static-members')).toEqual([1, 0, 0]);
  });
});
