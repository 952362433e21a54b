import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { profiles } from '../../../engines/nats/profiles.ts';
import { LiveCell, numbered, outgoing, until } from './live-cell.ts';
import { type LiveNats, live, startLiveNats, whyNotLive } from './live-nats.ts';

const ackWaitMs = 300;
const plain = { ...profiles['jetstream-r1'].options, ackWaitMs };
const workQueue = { ...profiles['work-queue'].options, ackWaitMs };

describe.skipIf(!live)(`consuming from a real server (${whyNotLive})`, () => {
  let nats: LiveNats;
  beforeAll(async () => {
    nats = await startLiveNats();
  });
  afterAll(() => nats?.down());

  /** Messages that the stream holds, whoever has seen them. */
  async function stored({ stream }: LiveCell): Promise<number> {
    const connection = await connect({ servers: nats.up.target.address });
    try {
      const manager = await jetstreamManager(connection);
      return (await manager.streams.info(stream)).state.messages;
    } finally {
      await connection.close();
    }
  }

  async function filled(cell: LiveCell, count: number): Promise<void> {
    const { producer, sink } = await cell.producer();
    producer.send(numbered(count));
    await producer.flush();
    expect(sink.results.get(count - 1)?.outcome).toBe('ok');
  }

  test('an unsettled message comes again after the ack wait, and counts its deliveries', async () => {
    const cell = await LiveCell.open(nats.up.target, plain);
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

  test.each(['nothing is said', 'it is given back'])(
    'after as many deliveries as the limit says nothing comes when %s: the server tells, and the stream keeps it',
    async (way) => {
      const isGivenBack = way === 'it is given back';
      // What is given back must not also come again by itself.
      const options = { ...plain, ackWaitMs: isGivenBack ? 60_000 : ackWaitMs };
      const cell = await LiveCell.open(nats.up.target, options, 2);
      const witness = await connect({ servers: nats.up.target.address });
      const told: number[] = [];
      witness.subscribe(`$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.${cell.stream}.>`, {
        callback: (_, message) => {
          told.push(message.json<{ readonly deliveries: number }>().deliveries);
        },
      });
      await witness.flush();
      await filled(cell, 1);
      const { consumer, sink } = await cell.consumer();
      consumer.request(10);
      for (const number of [1, 2]) {
        await until(() => sink.deliveries.length >= number);
        if (!isGivenBack) continue;
        consumer.settle(number, sink.deliveries.slice(number - 1, number), { how: 'requeue' });
      }
      await until(() => told.length > 0);
      await sleep(4 * ackWaitMs);
      expect(sink.bodies()).toEqual(['message 0', 'message 0']);
      expect(told).toEqual([2]);
      expect(await stored(cell)).toBe(1);
      await witness.close();
      await cell.close();
    },
  );

  test('a work queue forgets what is acknowledged, a stream with limits does not', async () => {
    for (const [options, left] of [
      [plain, 3],
      [workQueue, 1],
    ] as const) {
      const cell = await LiveCell.open(nats.up.target, options);
      await filled(cell, 3);
      const { consumer, sink } = await cell.consumer();
      consumer.request(2);
      await until(() => sink.deliveries.length === 2);
      consumer.settle(1, sink.deliveries, { how: 'acknowledge' });
      await until(() => sink.settlements.length === 2);
      expect(await stored(cell)).toBe(left);
      await cell.close();
    }
  });

  test('never more comes than was asked for, whatever waits', async () => {
    const cell = await LiveCell.open(nats.up.target, { ...plain, ackWaitMs: 60_000 });
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

  test('a consumer whose server dies says so, once, and another gets the rest', async () => {
    const cell = await LiveCell.open(nats.up.target, { ...plain, ackWaitMs: 1_000 });
    await filled(cell, 10);
    const { consumer, sink } = await cell.consumer();
    consumer.request(5);
    await until(() => sink.deliveries.length === 5);
    const [node] = nats.up.nodes;
    await node?.kill();
    await until(() => sink.disconnections.length === 1);
    await node?.restart();
    const { consumer: successor, sink: its } = await cell.consumer();
    successor.request(20);
    await until(() => new Set(its.bodies()).size === 10);
    await sleep(100);
    expect(sink.disconnections).toHaveLength(1);
    await cell.close();
  });

  test('core NATS keeps nothing for those who come later', async () => {
    const cell = await LiveCell.open(nats.up.target, profiles.core.options);
    const { producer, sink: sent } = await cell.producer();
    producer.send([outgoing(1, 'early')]);
    await producer.flush();
    expect(sent.results.get(1)?.outcome).toBe('unknown');
    const { consumer, sink } = await cell.consumer();
    consumer.request(10);
    producer.send([outgoing(2, 'later')]);
    await until(() => sink.deliveries.length > 0);
    expect(sink.bodies()).toEqual(['later']);
    await cell.close();
  });
});
