import { describe, expect, it } from 'vitest';
import { within } from '../../../harness/run/within.ts';

const endless = (): Promise<never> => new Promise(() => undefined);

describe('a call of an engine', () => {
  it('gives what it gives', async () => {
    expect(await within(Promise.resolve(7), 'apply', 1_000)).toBe(7);
    await expect(within(Promise.reject(new Error('no')), 'apply', 1_000)).rejects.toThrow('no');
  });

  it('that never answers is given up, and named', async () => {
    await expect(within(endless(), 'remove', 20)).rejects.toMatchObject({
      code: 'TIMED_OUT',
      message: 'remove did not end within 0.02 s',
    });
  });

  it('can be interrupted', async () => {
    const stop = new AbortController();
    const call = within(endless(), 'apply', 60_000, stop.signal);
    stop.abort();
    await expect(call).rejects.toMatchObject({ code: 'INTERRUPTED' });
    await expect(within(endless(), 'apply', 60_000, stop.signal)).rejects.toMatchObject({
      code: 'INTERRUPTED',
    });
  });
});
