import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ShardLimits } from '../../../../engines/aws/front/shard-limits.ts';

const megabyte = 1024 * 1024;

const taken = (limits: ShardLimits, records: number, bytes: number, nowMs: number, shard = 's') =>
  Array.from({ length: records }, () => limits.takesRecord(shard, bytes, nowMs)).filter(
    (takes) => takes,
  ).length;

describe('a shard', () => {
  test('takes 1,000 records a second, of small ones', () => {
    const limits = new ShardLimits();
    expect(taken(limits, 1_500, 100, 0)).toBe(1_000);
    expect(taken(limits, 1_500, 100, 500)).toBe(500);
    expect(taken(limits, 1_500, 100, 500, 'another')).toBe(1_000);
  });

  test('takes 1 MB a second, of large ones, and of the rest what still fits', () => {
    const limits = new ShardLimits();
    expect(taken(limits, 20, 100 * 1024, 0)).toBe(10);
    expect(limits.takesRecord('s', 24 * 1024, 0)).toBe(true);
    expect(limits.takesRecord('s', 1024, 0)).toBe(false);
    expect(taken(limits, 20, 100 * 1024, 1_000)).toBe(10);
  });

  test('takes no more than that in any time, whatever is written when', () => {
    const write = fc.record({ pauseMs: fc.nat(200), bytes: fc.integer({ min: 1, max: 400_000 }) });
    fc.assert(
      fc.property(fc.array(write, { maxLength: 200 }), (writes) => {
        const limits = new ShardLimits();
        let [nowMs, bytes, records] = [0, 0, 0];
        for (const { pauseMs, bytes: of } of writes) {
          nowMs += pauseMs;
          if (!limits.takesRecord('s', of, nowMs)) continue;
          bytes += of;
          records += 1;
        }
        const most = 1 + nowMs / 1_000 + 1e-9;
        expect(bytes).toBeLessThanOrEqual(most * megabyte);
        expect(records).toBeLessThanOrEqual(most * 1_000);
      }),
    );
  });

  test('answers five reads a second', () => {
    const limits = new ShardLimits();
    const given = (nowMs: number): number =>
      Array.from({ length: 8 }, () => limits.givesRecords('s', nowMs)).filter((is) => is).length;
    expect([given(0), given(0), given(200), given(10_000)]).toEqual([5, 0, 1, 5]);
  });

  test('gives nothing for five seconds after a read of 10 MB', () => {
    const limits = new ShardLimits();
    expect(limits.givesRecords('s', 0)).toBe(true);
    limits.gave('s', 10 * megabyte, 0);
    for (const nowMs of [1, 2_500, 4_999]) expect(limits.givesRecords('s', nowMs)).toBe(false);
    expect(limits.givesRecords('s', 5_000)).toBe(true);
  });

  test('gives several reads that are less than 2 MB together', () => {
    const limits = new ShardLimits();
    for (const bytes of [megabyte / 2, megabyte, megabyte / 4]) {
      expect(limits.givesRecords('s', 0)).toBe(true);
      limits.gave('s', bytes, 0);
    }
    expect(limits.givesRecords('s', 0)).toBe(true);
  });
});
