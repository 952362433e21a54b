import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Start } from '../../../engines/engine.ts';
import engine from '../../../engines/kinesis/engine.ts';
import { kinesaliteProvisioner } from '../../../engines/kinesis/kinesalite.ts';
import { leaseLost } from '../../../engines/kinesis/outcomes.ts';
import { profiles } from '../../../engines/kinesis/profiles.ts';
import type { Provisioned } from '../../../engines/provisioner.ts';
import { errorAnswer, type Front, startFront } from '../aws/http-front.ts';
import { bringUp } from '../embedded/bring-up.ts';
import { HeldLine } from './held-line.ts';
import { LiveCell, numbered, Recorded, until } from '../live-cell.ts';

const options = { ...profiles.shards.options, pollMs: 50 };

describe('a consumer of a stream on kinesalite', () => {
  let kinesalite: Provisioned;
  beforeAll(async () => {
    kinesalite = await bringUp(kinesaliteProvisioner);
  });
  afterAll(() => kinesalite?.down());

  const inCell = async (
    body: (cell: LiveCell<typeof options>) => Promise<void>,
    of = options,
  ): Promise<void> => {
    const messages = 6;
    const cell = await LiveCell.open(engine, kinesalite.target, of);
    try {
      const { producer, sink } = await cell.producer();
      // One call each, so that the shard has them in this order.
      for (const message of numbered(messages)) {
        producer.send([message]);
        await producer.flush();
      }
      expect(sink.results.size).toBe(messages);
      await body(cell);
    } finally {
      await cell.close();
    }
  };
  const expectAll = async (sink: Recorded, bodies: readonly string[]): Promise<void> => {
    await until(() => sink.deliveries.length >= bodies.length);
    expect(sink.bodies()).toEqual(bodies);
  };
  const bodies = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, index) => `message ${from + index}`);

  test('reads on behind the checkpoint, whoever made it', () =>
    inCell(async (cell) => {
      const first = await cell.consumer();
      first.consumer.request(6);
      await expectAll(first.sink, bodies(0, 6));
      first.consumer.settle(1, first.sink.deliveries.slice(0, 4), { how: 'acknowledge' });
      await until(() => first.sink.settlements.length === 1);
      await first.consumer.close();
      const second = await cell.consumer();
      second.consumer.request(6);
      await expectAll(second.sink, bodies(4, 6));
    }));

  test('starts at a record that is named by its place', () =>
    inCell(async (cell) => {
      const { consumer, sink } = await cell.consumer();
      consumer.request(6);
      await expectAll(sink, bodies(0, 6));
      const place = sink.deliveries[3]?.place;
      if (place === undefined) throw new Error('a delivery has a place');
      await consumer.close();
      const start: Start = { at: 'position', ...place };
      const again = new Recorded();
      const session = await engine.connect(kinesalite.target, options, {
        name: 'starts-at-a-place',
        nowNs: () => Math.round(performance.now() * 1e6),
        random: () => 0.5,
        signal: new AbortController().signal,
      });
      const other = await session.consumer?.(
        { deployed: cell.deployed, subscription: 0, start },
        again,
      );
      other?.request(6);
      await expectAll(again, bodies(3, 6));
      await session.close();
    }));

  test('a read that is throttled, an iterator that has expired, a failure: nothing is left out or comes twice', async () => {
    const faults = [
      errorAnswer(400, 'ProvisionedThroughputExceededException'),
      errorAnswer(500, 'InternalFailure'),
      errorAnswer(400, 'ExpiredIteratorException'),
    ];
    let reads = 0;
    const front: Front = await startFront(kinesalite.target.address, async (call) => {
      if (call.operation !== 'Kinesis_20131202.GetRecords') return call.forward();
      reads += 1;
      // Every other read fails, one way after another.
      const fault = reads % 2 === 0 ? faults.shift() : undefined;
      return fault ?? call.forward();
    });
    try {
      await inCell(async (cell) => {
        const { consumer, sink } = await cell.consumer({
          ...kinesalite.target,
          address: front.address,
        });
        for (let count = 1; count <= 6; count += 1) {
          consumer.request(1);
          await until(() => sink.deliveries.length === count);
        }
        const { producer } = await cell.producer();
        producer.send(numbered(4, 6));
        consumer.request(10);
        await until(() => faults.length === 0 && sink.deliveries.length >= 10);
        expect(sink.bodies()).toEqual(bodies(0, 10));
        expect(sink.disconnections).toEqual([]);
      });
    } finally {
      await front.close();
    }
  });

  test('iterators that expire again and again are asked for no more often than pages', async () => {
    const readAtMs: number[] = [];
    const front = await startFront(kinesalite.target.address, async (call) => {
      if (call.operation !== 'Kinesis_20131202.GetRecords') return call.forward();
      readAtMs.push(performance.now());
      return readAtMs.length > 4 ? call.forward() : errorAnswer(400, 'ExpiredIteratorException');
    });
    const target = { ...kinesalite.target, address: front.address };
    try {
      await inCell(async (cell) => {
        const { consumer, sink } = await cell.consumer(target);
        consumer.request(6);
        await expectAll(sink, bodies(0, 6));
        const [first = 0, ...later] = readAtMs.slice(0, 5);
        // Timers may be early by a millisecond.
        for (const [index, atMs] of later.entries()) {
          expect(atMs - first).toBeGreaterThan((index + 1) * (options.pollMs - 5));
        }
      });
    } finally {
      await front.close();
    }
  });

  test('one that is not heard for too long has no shard any more: its checkpoint is refused', () =>
    inCell(
      async (cell) => {
        const { settings } = cell.deployed;
        const line = await HeldLine.open(settings['leases'] ?? '');
        const behindIt = { ...cell.deployed, settings: { ...settings, leases: line.address } };
        try {
          const still = await cell.consumer(undefined, behindIt);
          still.consumer.request(6);
          await expectAll(still.sink, bodies(0, 6));
          const other = await cell.consumer();
          line.hold();
          other.consumer.request(6);
          await expectAll(other.sink, bodies(0, 6));
          await until(() => still.sink.losses.length > 0);
          still.consumer.settle(7, still.sink.deliveries, { how: 'acknowledge' });
          line.release();
          await until(() => still.sink.settlements.length > 0);
          expect(still.sink.settlements).toEqual(Array(6).fill('fail'));
          expect(still.sink.settlementCodes).toEqual(Array(6).fill(leaseLost));
          expect(engine.outcomes[leaseLost]).toMatch(/another consumer/);
        } finally {
          line.close();
        }
      },
      { ...options, failoverMs: 500 },
    ));

  test('a stream that is gone ends the session', () =>
    inCell(async (cell) => {
      const { consumer, sink } = await cell.consumer();
      consumer.request(7);
      await expectAll(sink, bodies(0, 6));
      await cell.remove();
      await until(() => sink.disconnections.length === 1);
      expect(sink.disconnections).toHaveLength(1);
    }));
});
