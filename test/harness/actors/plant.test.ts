import { afterAll, describe, expect, it } from 'vitest';
import { plantOneIn } from '../../../harness/actors/plant.ts';
import { EventKind, type EventRecord, Flag } from '../../../harness/core/events.ts';
import type { Plant } from '../../../scenarios/scenario.ts';
import { type ConsumerScript, Entry, readLog } from './fixtures/script.ts';
import { consumerSpec, clearStage, logOf, payloadBytes, playConsumer, run } from './stage.ts';

afterAll(clearStage);

const lanes = 4;
const copies = 6 * plantOneIn;

function plantedSpec(
  plant: Plant,
  ackReply: ConsumerScript['ackReply'],
  batch: number,
  consumption: 'automatic' | 'settle-after-processing' = 'settle-after-processing',
) {
  const batches = Array.from({ length: copies / batch }, (_, b) =>
    Array.from({ length: batch }, (_, i) => {
      const n = b * batch + i;
      return { lane: n % lanes, seq: Math.floor(n / lanes), redelivered: false, attempt: 1 };
    }),
  );
  const consumer = { run, payloadBytes, ackReply, batches };
  return consumerSpec({ consumer }, { plant, consumption, prefetch: 20 });
}

const id = (event: EventRecord): string => `${event.lane}:${event.seq}`;
const delivered = (events: readonly EventRecord[]): EventRecord[] =>
  events.filter((event) => event.kind === EventKind.deliver);

describe('the planted control', () => {
  it.each(['each', 'fence'] as const)(
    'swallow-delivery hides copies from the harness and settles them (%s)',
    async (ackReply) => {
      const spec = plantedSpec('swallow-delivery', ackReply, 10);
      const { events } = await playConsumer(spec, copies - 6);
      expect(delivered(events).length).toBe(copies - 6);
      const settled = readLog(logOf(spec), Entry.settled);
      expect(settled.reduce((sum, [, count]) => sum + (count ?? 0), 0)).toBe(copies);
    },
  );

  it.each([
    ['each', 'settle-after-processing'],
    ['fence', 'settle-after-processing'],
    ['each', 'automatic'],
  ] as const)(
    'repeat-after-ack delivers copies again, unflagged and asked for after the acknowledgement (%s, %s)',
    async (ackReply, consumption) => {
      const spec = plantedSpec('repeat-after-ack', ackReply, 10, consumption);
      const { events, actor } = await playConsumer(spec, copies + 4);
      const acknowledgedAtNs = new Map<string, number>();
      const confirmation =
        consumption === 'automatic' ? EventKind.processDone : EventKind.settleSettled;
      let repeats = 0;
      for (const event of events) {
        if (event.kind === confirmation) acknowledgedAtNs.set(id(event), event.timeNs);
        if (event.kind !== EventKind.deliver) continue;
        const acknowledgedNs = acknowledgedAtNs.get(id(event));
        if (acknowledgedNs === undefined) continue;
        repeats += 1;
        expect(event.auxNs).toBeGreaterThanOrEqual(acknowledgedNs);
        expect(event.flags & (Flag.redelivered | Flag.pulled)).toBe(Flag.pulled);
        expect(event.attempt).toBe(1);
      }
      expect(repeats).toBeGreaterThanOrEqual(4);
      expect(actor.counters().unsettledDeliveries).toBe(0);
      const settled = readLog(logOf(spec), Entry.settled);
      const engineSaw = settled.reduce((sum, [, count]) => sum + (count ?? 0), 0);
      expect(engineSaw, 'the engine never hears of a repeated copy').toBe(
        consumption === 'automatic' ? 0 : copies,
      );
    },
  );

  it.each([10, 1])(
    'swap-in-lane swaps neighbours of a lane and nothing else (batches of %i)',
    async (batch) => {
      const spec = plantedSpec('swap-in-lane', 'each', batch);
      const { events } = await playConsumer(spec, copies);
      expect(new Set(delivered(events).map(id)).size).toBe(copies);
      let swaps = 0;
      for (let lane = 0; lane < lanes; lane += 1) {
        const seqs = delivered(events)
          .filter((event) => event.lane === lane)
          .map((event) => event.seq);
        seqs.forEach((seq, at) => {
          if (seq === at) return;
          expect(Math.abs(seq - at)).toBe(1);
          if (seq > at) swaps += 1;
        });
      }
      expect(swaps).toBeGreaterThanOrEqual(4);
      expect(swaps).toBeLessThanOrEqual(6);
    },
  );
});
