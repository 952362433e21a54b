import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { profiles } from '../../../engines/redis/profiles.ts';
import { numbered, until } from '../live-cell.ts';
import {
  live,
  type LiveCell,
  type LiveRedis,
  openCell,
  startLiveRedis,
  whyNotLive,
} from './live-redis.ts';

const claimAfterMs = 300;
const plain = { ...profiles.everysec.options, claimAfterMs };

describe.skipIf(!live)(`consuming from a real server (${whyNotLive})`, () => {
  let redis: LiveRedis;
  beforeAll(async () => {
    redis = await startLiveRedis();
  });
  afterAll(() => redis?.down());

  async function filled(cell: LiveCell, count: number): Promise<void> {
    const { producer, sink } = await cell.producer();
    producer.send(numbered(count));
    await producer.flush();
    expect(sink.results.get(count - 1)?.outcome).toBe('ok');
  }

  test('an unsettled message is claimed after the lease, and counts its deliveries', async () => {
    const cell = await openCell(redis.up.target, plain);
    await filled(cell, 1);
    const { consumer, sink } = await cell.consumer();
    consumer.request(3);
    await until(() => sink.deliveries.length === 3);
    expect(sink.deliveries.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    expect(sink.deliveries.map(({ redelivered }) => redelivered)).toEqual([false, true, true]);
    consumer.settle(1, sink.deliveries.slice(2), { how: 'acknowledge' });
    await until(() => sink.settlements.length === 1);
    expect(sink.settlements).toEqual(['ok']);
    expect(await cell.open()).toBe(0);
    await cell.close();
  });

  test('who acknowledges what another has acknowledged is not told which of a batch that was', async () => {
    const cell = await openCell(redis.up.target, plain);
    await filled(cell, 2);
    const { consumer: zombie, sink: its } = await cell.consumer();
    zombie.request(2);
    await until(() => its.deliveries.length === 2);
    const { consumer, sink } = await cell.consumer();
    consumer.request(1);
    await until(() => sink.deliveries.length === 1);
    consumer.settle(1, sink.deliveries, { how: 'acknowledge' });
    await until(() => sink.settlements.length === 1);
    expect(sink.settlements).toEqual(['ok']);
    // XACK asks nobody's name: that of who lost its entries to another counts as well.
    zombie.settle(2, its.deliveries, { how: 'acknowledge' });
    await until(() => its.settlements.length === 1);
    expect(its.settlements).toEqual(['unknown']);
    expect(await cell.open()).toBe(0);
    await cell.close();
  });

  test('what is trimmed is gone, read or not, and nobody waits for it', async () => {
    const cell = await openCell(redis.up.target, { ...plain, maxLength: 10 });
    await filled(cell, 30);
    expect(await cell.open()).toBe(10);
    const { consumer, sink } = await cell.consumer();
    consumer.request(5);
    await until(() => sink.deliveries.length === 5);
    expect(sink.bodies()).toEqual([20, 21, 22, 23, 24].map((n) => `message ${n}`));
    // All that it holds is trimmed behind its back.
    await filled(cell, 10);
    consumer.request(10);
    await until(() => sink.deliveries.length === 15);
    consumer.settle(1, sink.deliveries.slice(5), { how: 'acknowledge' });
    // Who wants more looks for what can be claimed, and finds that it is gone.
    consumer.request(1);
    await until(async () => (await cell.open()) === 0);
    expect(sink.deliveries).toHaveLength(15);
    await cell.close();
  });

  test('more than one page of a trimmed stream is counted to the end', async () => {
    const cell = await openCell(redis.up.target, { ...plain, maxLength: 2_500 });
    await filled(cell, 2_600);
    expect(await cell.open()).toBe(2_500);
    await cell.close();
  });

  test('never more comes than was asked for, whatever waits', async () => {
    const cell = await openCell(redis.up.target, { ...plain, claimAfterMs: 60_000 });
    await filled(cell, 500);
    const { consumer, sink } = await cell.consumer();
    for (const permits of [1, 10, 100]) {
      const expected = sink.deliveries.length + permits;
      consumer.request(permits);
      await until(() => sink.deliveries.length >= expected);
      await sleep(100);
      expect(sink.deliveries).toHaveLength(expected);
    }
    await cell.close();
  });

  test('with NOACK a consumer that goes leaves nothing to anybody', async () => {
    const cell = await openCell(redis.up.target, profiles['no-ack'].options);
    await filled(cell, 3);
    const { consumer, sink } = await cell.consumer();
    consumer.request(2);
    await until(() => sink.deliveries.length === 2);
    await consumer.close();
    const { consumer: next, sink: its } = await cell.consumer();
    next.request(10);
    await until(() => its.deliveries.length === 1);
    await sleep(100);
    expect(its.bodies()).toEqual(['message 2']);
    await cell.close();
  });

  test('a consumer whose server dies says so, once, and another gets the rest', async () => {
    // What a server had answered before it has synced is not what is asked here.
    const synced = await startLiveRedis({ settings: { appendfsync: 'always' } });
    try {
      const options = { ...profiles['fsync-always'].options, claimAfterMs: 1_000 };
      const cell = await openCell(synced.up.target, options);
      await filled(cell, 10);
      const { consumer, sink } = await cell.consumer();
      consumer.request(5);
      await until(() => sink.deliveries.length === 5);
      const [node] = synced.up.nodes;
      await node?.kill();
      await until(() => sink.disconnections.length === 1);
      await node?.restart();
      const { consumer: successor, sink: its } = await cell.consumer();
      successor.request(20);
      await until(() => new Set(its.bodies()).size === 10);
      await sleep(100);
      expect(sink.disconnections).toHaveLength(1);
      await cell.close();
    } finally {
      await synced.down();
    }
  });

  test('a group that is gone ends its consumer', async () => {
    const cell = await openCell(redis.up.target, plain);
    await filled(cell, 1);
    const { consumer, sink } = await cell.consumer();
    consumer.request(2);
    await until(() => sink.deliveries.length === 1);
    await cell.remove();
    await until(() => sink.disconnections.length === 1);
    expect(String(sink.disconnections[0])).toMatch(/NOGROUP|UNBLOCKED/);
    await cell.close();
  });
});
