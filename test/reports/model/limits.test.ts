import { describe, expect, it } from 'vitest';
import type { LimitRecord } from '../../../harness/record/limit-schema.ts';
import { limitsOf, limitText } from '../../../reports/model/limits.ts';
import { isControl, isJudged } from '../../../reports/model/cells.ts';
import { defaultSuiteRun } from '../fixtures/run.ts';

const busy = {
  clientThread: 0.42,
  brokerThread: 0.07,
  brokerDisk: 0,
  machine: null,
  throttled: 895,
} as const;
const quota = { messagesPerSecond: 300, acknowledgedPerSecond: 292.4, throttled: 895, sent: 5_400 };

describe('what was at its limit', () => {
  it('is the quota, with what it took and what it refused, and what everything else did', () => {
    const limit: LimitRecord = { side: 'quota', ...busy, quota };
    expect(limitText(limit)).toBe(
      'quota-limited: 292 of 300 messages/s that the quota takes while 895 sends were throttled; busiest broker thread 7 %, busiest client thread 42 %, broker waiting for its disk 0 %, all cores not known',
    );
  });

  it('is something else, though the quota was felt', () => {
    const limit: LimitRecord = { side: 'client-cpu', ...busy, quota };
    expect(limitText(limit)).toMatch(/^client CPU: 292 of 300 messages\/s .+ 895 sends were/);
  });
});

describe('on a machine that is busy with other work', () => {
  const limited = (limit: LimitRecord, targetRatePerSecond: number) => {
    const run = defaultSuiteRun();
    const cells = run.cells.map((cell) => {
      if (!isJudged(cell) || cell.performance.status === 'untimed') return cell;
      const figures = { ...cell.performance.figures, targetRatePerSecond };
      return { ...cell, limit, performance: { ...cell.performance, figures } };
    });
    const timed = cells.filter(
      (cell) => isJudged(cell) && cell.performance.status !== 'untimed' && !isControl(cell),
    );
    return { told: limitsOf({ ...run, cells }), timed: timed.length };
  };
  const machine: LimitRecord = { side: 'machine', ...busy, machine: 1, quota: null };

  it('rates that were asked for say so once', () => {
    const { told, timed } = limited(machine, 5_000);
    expect(told).toEqual([
      {
        name: `log@acks-0 in steady and ${timed - 1} more`,
        text: 'all cores of the machine; no broker thread took more than 7 % of one, no client thread more than 42 %',
      },
    ]);
  });

  it('loads that go as fast as they can say what each met, as does another limit', () => {
    const closed = limited(machine, 0);
    expect(closed.told).toHaveLength(closed.timed);
    const client = limited({ ...machine, side: 'client-cpu' }, 5_000);
    expect(client.told).toHaveLength(client.timed);
  });
});
