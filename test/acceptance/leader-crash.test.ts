import { beforeAll, describe, expect, it } from 'vitest';
import { cellOf, countOf, type FinishedRun, runInProcess } from './run-in-process.ts';

interface Pair {
  readonly what: string;
  /** Confirmed by all in-sync replicas. */
  readonly claimed: string;
  /** Confirmed by the leader alone. */
  readonly alone: string;
}

const pairs: readonly Pair[] = [
  { what: 'log', claimed: 'log@acks-all', alone: 'log@acks-1' },
  { what: 'broker', claimed: 'broker@quorum', alone: 'broker@manual-ack' },
];

describe.each(pairs)(
  'the leader of three embedded nodes of a $what that is killed while its followers lag',
  ({ claimed, alone }) => {
    let run: FinishedRun;
    beforeAll(async () => {
      const profiles = `${claimed},${alone}`;
      run = await runInProcess('--engine', profiles, '--scenario', 'leader-crash', '--quiet');
    }, 300_000);

    it('takes nothing with it that all in-sync replicas had acknowledged', () => {
      const cell = cellOf(run, `${claimed}/leader-crash`);
      expect(cell.claimed).toBe(true);
      expect(cell.verdict, run.story).toBe('pass');
      expect(countOf(run, `${claimed}/leader-crash`, 'D1')).toBe(0);
      expect(countOf(run, `${claimed}/leader-crash`, 'D10')).toBe(0);
    });

    it('takes with it what it had acknowledged alone, which nobody claims to survive', () => {
      const cell = cellOf(run, `${alone}/leader-crash`);
      expect(cell.claimed).toBe(false);
      expect(countOf(run, `${alone}/leader-crash`, 'D1'), run.story).toBeGreaterThan(0);
    });

    it('shows by the one that the other was put to a test', () => {
      expect(run.record.controls).toMatchObject([{ control: 'unclaimed', outcome: 'shown' }]);
    });
  },
);
