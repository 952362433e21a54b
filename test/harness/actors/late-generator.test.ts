import { afterAll, describe, expect, it } from 'vitest';
import { clearStage, nowNs, producerSpec, spawn, until } from './stage.ts';

afterAll(clearStage);

const stallMs = 600;

describe('a generator whose own thread stood still', () => {
  it('is late for all that was due meanwhile, not only for the first batch that leaves after it', async () => {
    const spec = producerSpec(
      {},
      {
        load: {
          kind: 'open',
          ratePerSecond: 4_000,
          messages: 3_000,
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
    // Of 3,000 messages 2,400 were due while it stood; they waited for half of it in the middle.
    expect(lateness.meanNs).toBeGreaterThan(0.3 * stallMs * 1e6);
  });
});
