import { afterAll, describe, expect, it } from 'vitest';
import { EventKind } from '../../../harness/core/events.ts';
import { Entry, readLog } from './fixtures/script.ts';
import {
  clearStage,
  eventsOf,
  logOf,
  nowNs,
  openLoad,
  playProducer,
  producerSpec,
  spawn,
  until,
} from './stage.ts';

afterAll(clearStage);

describe('a producer', () => {
  it('lingers until a batch is full, and sends the rest with the last message of the load', async () => {
    const spec = producerSpec(
      {},
      { lingerMs: 60_000, batchMessages: 10, load: openLoad(25, 10_000) },
    );
    const { report } = await playProducer(spec);
    expect(readLog(logOf(spec), Entry.batch).map(([size]) => size)).toEqual([10, 10, 5]);
    expect(report.firstSent).toBe(10);
  });

  it('lets a batch that is not full go when its first message has waited for the linger', async () => {
    // The second message is due in a minute: nothing but the linger lets the first one go.
    const spec = producerSpec({}, { lingerMs: 40, batchMessages: 100, load: openLoad(2, 1 / 60) });
    const actor = await spawn(spec);
    actor.start(nowNs());
    await until(() => actor.counters().acknowledged === 1);
    actor.finish();
    const end = await actor.ended;
    if (end.how !== 'finished' || end.report.role !== 'producer') throw new Error('it did not end');
    expect(readLog(logOf(spec), Entry.batch)[0]?.[0]).toBe(1);
    const [first] = eventsOf(spec.ring).filter((event) => event.kind === EventKind.sendInvoke);
    const waitedNs = (first?.timeNs ?? 0) - (first?.auxNs ?? 0);
    // A timer may be early by a millisecond. The wait is the response's, and not the service's.
    expect(waitedNs).toBeGreaterThanOrEqual(39e6);
    const { publishResponse, publishService } = end.report;
    const wholeNs = waitedNs + publishService.maxNs;
    expect(publishResponse.maxNs).toBeGreaterThanOrEqual(0.99 * wholeNs);
  });
});
