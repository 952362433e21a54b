import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { sleep, waitUntil } from '../../../harness/run/waiting.ts';

const never = new AbortController().signal;

describe('waiting', () => {
  it('ends with the first look that says yes', async () => {
    let looks = 0;
    expect(await waitUntil(() => (looks += 1) === 3, 10_000, 1, never)).toBe(true);
    expect(looks).toBe(3);
  });

  it('looks once even without any time', async () => {
    expect(await waitUntil(() => true, 0, 1, never)).toBe(true);
    expect(await waitUntil(() => false, 0, 1, never)).toBe(false);
  });

  it('may be given a time that is no whole number of milliseconds', async () => {
    expect(await waitUntil(() => false, 10_000 / 3_000, 1, never)).toBe(false);
  });

  it('counts the time that looks take', async () => {
    let looks = 0;
    const slow = async (): Promise<boolean> => {
      looks += 1;
      await pause(40);
      return false;
    };
    expect(await waitUntil(slow, 100, 1, never)).toBe(false);
    expect(looks).toBeLessThan(10);
  });

  it('gives up a look that never answers', async () => {
    expect(await waitUntil(() => new Promise(() => undefined), 20, 1, never)).toBe(false);
  });

  it('passes on what a look throws', async () => {
    const broken = (): Promise<boolean> => Promise.reject(new Error('no broker'));
    await expect(waitUntil(broken, 1_000, 1, never)).rejects.toThrow('no broker');
  });

  it('is interrupted, also in the middle of a look or a pause', async () => {
    const stop = new AbortController();
    const looking = waitUntil(() => new Promise(() => undefined), 60_000, 1, stop.signal);
    const sleeping = sleep(60_000, stop.signal);
    stop.abort();
    await expect(looking).rejects.toMatchObject({ code: 'INTERRUPTED' });
    await expect(sleeping).rejects.toMatchObject({ code: 'INTERRUPTED' });
    await expect(sleep(1, stop.signal)).rejects.toMatchObject({ code: 'INTERRUPTED' });
  });
});
