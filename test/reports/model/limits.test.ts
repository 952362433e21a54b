import { describe, expect, it } from 'vitest';
import type { LimitRecord } from '../../../harness/record/limit-schema.ts';
import { limitText } from '../../../reports/model/limits.ts';

const busy = { clientThread: 0.42, brokerThread: 0.07, brokerDisk: 0, machine: null } as const;
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
