import { describe, expect, it } from 'vitest';
import { isAtQuota, quotaUseOf } from '../../../harness/measure/quota.ts';
import { limitOf } from '../../../harness/measure/saturation.ts';

/** A quota of 3,000 a second that has saved a second’s worth, under 4,500 a second; the client sends on for a while. */
const acknowledged = [2_000, 4_500, 4_450, 3_010, 2_990, 3_000, 3_005, 2_995, 1_000, 900, 0];
const rowsOf = (factor: number, seconds = acknowledged.length) =>
  acknowledged.slice(0, seconds).map((each, second) => ({
    second,
    sent: second < Math.min(9, seconds - 1) ? 4_500 : 0,
    acknowledged: each * factor,
  }));
const throttled = 5_300;
const busy = { clientThread: 0.9, brokerThread: 0.9, brokerDisk: 0.9, machine: 1 };

describe('what a quota did to a load', () => {
  it('is told by the whole seconds under load, though it lets more through at first', () => {
    const use = quotaUseOf(rowsOf(1), 3_000, throttled);
    expect(use).toEqual({
      messagesPerSecond: 3_000,
      acknowledgedPerSecond: 3_005,
      throttled,
      sent: 9 * 4_500,
    });
  });

  it('is the limit also where threads are busy', () => {
    expect(limitOf(busy, quotaUseOf(rowsOf(1), 3_000, throttled)).side).toBe('quota');
  });

  it('is never the limit where nothing was throttled, whatever the rate', () => {
    const use = quotaUseOf(rowsOf(1), 3_000, 0);
    expect(use).toBeUndefined();
    expect(limitOf(busy, use)).toMatchObject({ side: 'broker-cpu', quota: null });
  });

  it('is not the limit where less got through than it takes, nor where more did', () => {
    for (const factor of [0.84, 1.16]) {
      const use = quotaUseOf(rowsOf(factor), 3_000, throttled);
      expect(use !== undefined && isAtQuota(use)).toBe(false);
      expect(limitOf(busy, use)).toMatchObject({ side: 'broker-cpu', quota: { throttled } });
    }
  });

  it('is not the limit of a load that is itself about as much, of which hardly anything was throttled', () => {
    const use = quotaUseOf(rowsOf(1), 3_000, 1);
    expect(limitOf(busy, use)).toMatchObject({ side: 'broker-cpu', quota: { throttled: 1 } });
  });

  it('is not known from a moment of it', () => {
    expect(quotaUseOf(rowsOf(1, 6), 3_000, throttled)).toBeUndefined();
    expect(quotaUseOf([], 3_000, 1)).toBeUndefined();
  });
});
