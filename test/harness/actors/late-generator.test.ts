import { afterAll, describe, expect, it } from 'vitest';
import { clearStage, nowNs, producerSpec, spawn, until } from './stage.ts';

afterAll(clearStage);

const nullEngine = new URL('../../../engines/null/engine.ts', import.meta.url).href;
const stallMs = 600;

describe('a generator whose own thread stood still', () => {
  it('is late for all that was due meanwhile, not only for the first batch that leaves after it', async () => {
    const spec = producerSpec(
      {},
      {
        engineModule: nullEngine,
        engineOptions: {},
        load: {
          kind: 'open',
          ratePerSecond: 4_000,
          messages: 8_000,
          warmupMessages: 0,
          late: 'catch-up',
        },
        batchMessages: 10,
      },
    );
    const actor = await spawn(spec);
    actor.start(nowNs());
    await until(() => actor.counters().sent > 100);
    actor.stall(stallMs);
    const end = await actor.ended;
    if (end.how !== 'finished' || end.report.role !== 'producer') throw new Error('it did not end');
    const { lateness } = end.report;

    // While it stood 2,400 messages came due; a tenth of all were late for most of it.
    expect(lateness.p90Ns).toBeGreaterThan(0.5 * stallMs * 1e6);
  });
});
