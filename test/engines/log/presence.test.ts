import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Presence } from '../../../engines/log/presence.ts';

const patience = { sessionTimeoutMs: 300, pollIntervalMs: 1_000 };

describe('the presence of a consumer', () => {
  const heard: string[] = [];
  let presence: Presence;

  beforeEach(() => {
    vi.useFakeTimers();
    heard.length = 0;
    presence = new Presence(patience, {
      nowNs: () => performance.now() * 1e6,
      heartbeat: () => heard.push('heartbeat'),
      expired: () => heard.push('expired'),
    });
  });
  afterEach(() => {
    presence.stop();
    vi.useRealTimers();
  });

  test('is told several times within a session timeout', () => {
    vi.advanceTimersByTime(patience.sessionTimeoutMs);
    expect(heard.length).toBeGreaterThanOrEqual(2);
    expect(heard).not.toContain('expired');
  });

  test('ends when nothing was asked for within the poll interval and all is delivered', () => {
    presence.mayDeliver(0);
    vi.advanceTimersByTime(patience.pollIntervalMs);
    expect(heard).not.toContain('expired');
    vi.advanceTimersByTime(patience.sessionTimeoutMs);
    expect(heard.at(-1)).toBe('expired');
  });

  test('does not end while something may still be delivered, however long that takes', () => {
    presence.mayDeliver(1);
    vi.advanceTimersByTime(10 * patience.pollIntervalMs);
    expect(heard).not.toContain('expired');
  });

  test('begins to wait anew when it is asked for something', () => {
    presence.mayDeliver(0);
    vi.advanceTimersByTime(patience.pollIntervalMs - 200);
    presence.mayDeliver(5);
    presence.mayDeliver(0);
    vi.advanceTimersByTime(patience.pollIntervalMs - 200);
    expect(heard).not.toContain('expired');
  });

  test('says nothing after its end', () => {
    presence.stop();
    vi.advanceTimersByTime(10 * patience.pollIntervalMs);
    expect(heard).toEqual([]);
  });
});
