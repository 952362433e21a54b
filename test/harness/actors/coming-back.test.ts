import { afterAll, describe, expect, it } from 'vitest';
import { Entry, readLog } from './fixtures/script.ts';
import { clearStage, logOf, openLoad, playProducer, producerSpec, spawn } from './stage.ts';

afterAll(clearStage);

const retry = { by: 'harness', attempts: 3, pauseMs: 5 } as const;

describe('an actor that is refused', () => {
  it.each(['CONNECT_FAILED', 'ACCESS_REFUSED', 'TLS_FAILED'] as const)(
    'comes back to a broker that let it in before and now, for a moment, says %s',
    async (refusedWith) => {
      const spec = producerSpec(
        { producer: { disconnectAfter: 10 }, refusals: 2, refusedWith },
        { retry, load: openLoad(40), settleTimeoutMs: 20_000 },
      );
      const { actor } = await playProducer(spec);
      expect(readLog(logOf(spec), Entry.connected).length).toBe(2);
      expect(actor.counters()).toMatchObject({ acknowledged: 40, unsettledSends: 0 });
    },
  );

  it('does not ask a second time who refused it at first', async () => {
    const spec = producerSpec({ refuseFirst: true, refusedWith: 'ACCESS_REFUSED' });
    await expect(spawn(spec)).rejects.toMatchObject({ code: 'ACCESS_REFUSED' });
    expect(readLog(logOf(spec), Entry.connected)).toEqual([]);
  });
});
