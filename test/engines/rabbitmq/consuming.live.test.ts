import amqplib from 'amqplib';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Administration, Consumer, Deployed } from '../../../engines/engine.ts';
import engine from '../../../engines/rabbitmq/engine.ts';
import type { RabbitOptions } from '../../../engines/rabbitmq/options.ts';
import type { HolderTask } from './holder.worker.ts';
import { type LiveBroker, live, startLiveBroker, whyNotLive } from './live-broker.ts';
import { Meddler } from './meddler.ts';
import {
  actor,
  automatic,
  manual,
  numbered,
  outgoing,
  RecordedConsumer,
  RecordedProducer,
  topologyNamed,
  until,
} from './recording.ts';

const acknowledge = { how: 'acknowledge' } as const;

describe.skipIf(!live)(`consuming from a real broker (${whyNotLive})`, () => {
  let broker: LiveBroker;
  let count = 0;
  beforeAll(async () => {
    broker = await startLiveBroker();
  });
  afterAll(() => broker.down());

  interface Scene {
    readonly deployed: Deployed;
    readonly administration: Administration;
    readonly options: RabbitOptions;
    open(
      address?: string,
    ): Promise<{ consumer: Consumer; sink: RecordedConsumer; readonly close: () => Promise<void> }>;
    ready(): Promise<number>;
  }

  async function withMessages(
    options: RabbitOptions,
    messages: ReturnType<typeof numbered>,
    body: (scene: Scene) => Promise<void>,
  ): Promise<void> {
    const { target } = broker.up;
    const administration = await engine.administer(target, options);
    count += 1;
    const deployed = await administration.apply(topologyNamed(`consuming-${count}`));
    const closers: (() => Promise<void>)[] = [];
    try {
      const session = await engine.connect(target, options, actor);
      const producer = await session.producer?.({ deployed }, new RecordedProducer());
      if (messages.length > 0) producer?.send(messages);
      await producer?.flush();
      await session.close();
      await body({
        deployed,
        administration,
        options,
        open: async (address = target.address) => {
          const own = await engine.connect({ ...target, address }, options, actor);
          closers.push(() => own.close());
          const sink = new RecordedConsumer();
          const spec = { deployed, subscription: 0, start: { at: 'earliest' } } as const;
          const consumer = await own.consumer?.(spec, sink);
          if (consumer === undefined) throw new Error('no consumer');
          return { consumer, sink, close: () => own.close() };
        },
        ready: () => countReady(deployed),
      });
    } finally {
      for (const close of closers) await close();
      await administration.remove(deployed);
      await administration.close();
    }
  }

  async function countReady(deployed: Deployed): Promise<number> {
    const administration = await engine.administer(broker.up.target, manual);
    const backlog = await administration.backlog(deployed, 0);
    await administration.close();
    return backlog.by === 'exact-depth' ? backlog.ready : Number.NaN;
  }

  /** Runs the holder until it has what it wants, then terminates its thread without a goodbye. */
  async function holdAndCrash(
    scene: Scene,
    take: number,
    acknowledged = 0,
  ): Promise<readonly string[]> {
    const task: HolderTask = {
      target: broker.up.target,
      options: scene.options,
      deployed: scene.deployed,
      take,
      acknowledge: acknowledged,
    };
    const worker = new Worker(new URL('./holder.worker.ts', import.meta.url), { workerData: task });
    const held = await new Promise<readonly string[]>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
    });
    await worker.terminate();
    return held;
  }

  test('auto-ack: a crashed consumer takes with it what the broker had pushed to it', () =>
    withMessages(automatic, numbered(2_000), async (scene) => {
      const held = await holdAndCrash(scene, 20);
      const { consumer, sink } = await scene.open();
      consumer.request(2_000);
      await until(async () => (await scene.ready()) === 0);
      const seen = new Set([...held, ...sink.bodies()]);
      expect(held).toHaveLength(20);
      expect(seen.size).toBeLessThan(2_000);
      expect(sink.deliveries.some(({ redelivered }) => redelivered)).toBe(false);
    }));

  test('manual ack: a crashed consumer loses nothing, and what it held comes again with the flag', () =>
    withMessages(manual, numbered(2_000), async (scene) => {
      const held = await holdAndCrash(scene, 50);
      const { consumer, sink } = await scene.open();
      consumer.request(2_000);
      await until(() => sink.deliveries.length === 2_000);
      expect(new Set(sink.bodies()).size).toBe(2_000);
      const flagged = sink.deliveries.filter(({ redelivered }) => redelivered);
      expect(flagged.map(({ body }) => body.toString())).toEqual(held);
    }));

  test('a fence proves its acknowledgements: none of them comes back after a crash', () =>
    withMessages(manual, numbered(1_000), async (scene) => {
      const held = await holdAndCrash(scene, 400, 300);
      const { consumer, sink } = await scene.open();
      consumer.request(1_000);
      await until(() => sink.deliveries.length === 700);
      const acknowledged = new Set(held.slice(0, 300));
      expect(sink.bodies().filter((body) => acknowledged.has(body))).toEqual([]);
    }));

  test('a fence comes behind every delivery sent before it', () =>
    withMessages(manual, numbered(500), async (scene) => {
      const { consumer, sink } = await scene.open();
      consumer.request(500);
      await until(async () => (await scene.ready()) === 0);
      await consumer.fence?.();
      expect(sink.deliveries).toHaveLength(500);
    }));

  test('permits asked for ahead of settling are served, and settling out of order is exact', () =>
    withMessages(manual, numbered(30), async (scene) => {
      const { consumer, sink, close } = await scene.open();
      for (const [permits, total] of [
        [3, 3],
        [5, 8],
        [1, 9],
        [6, 15],
      ] as const) {
        consumer.request(permits);
        await until(() => sink.deliveries.length === total);
      }
      const pick = (...indexes: number[]) => indexes.map((index) => sink.deliveries[index]!);
      consumer.settle(1, pick(4, 2, 11), acknowledge);
      consumer.settle(2, pick(0, 1, 3), acknowledge);
      consumer.settle(3, pick(5), { how: 'reject' });
      consumer.settle(4, pick(6), { how: 'requeue' });
      await consumer.fence?.();
      await close();
      await until(async () => (await scene.ready()) === 23);
      const again = await scene.open();
      again.consumer.request(30);
      await until(() => again.sink.deliveries.length === 23);
      const gone = new Set(pick(0, 1, 2, 3, 4, 5, 11).map(({ body }) => body.toString()));
      expect(again.sink.bodies().filter((body) => gone.has(body))).toEqual([]);
      expect(again.sink.deliveries.slice(0, 8).every(({ redelivered }) => redelivered)).toBe(true);
    }));

  test('auto-ack: the buffer is bounded, the rest stays in the queue until there is room', () =>
    withMessages(automatic, numbered(40_000, 1_500), async (scene) => {
      const { consumer, sink } = await scene.open();
      await until(async () => (await countConsumers(scene.deployed)) === 0);
      expect(await scene.ready()).toBeGreaterThan(0);
      expect(sink.deliveries).toEqual([]);
      consumer.request(40_000);
      await until(() => sink.deliveries.length === 40_000, 60_000);
      expect(sink.bodies()).toEqual(numbered(40_000, 1_500).map(({ body }) => body.toString()));
    }));

  test('auto-ack: what had arrived before the connection broke is still delivered, then the end told', () =>
    withMessages(automatic, numbered(100), async (scene) => {
      const { hostname, port } = new URL(`amqp://${broker.up.target.address}`);
      const { meddler, port: through } = await Meddler.before(hostname, Number(port));
      try {
        const { consumer, sink } = await scene.open(`127.0.0.1:${through}`);
        consumer.request(10);
        await until(() => sink.deliveries.length === 10);
        await until(async () => (await scene.ready()) === 0);
        meddler.cut();
        await until(async () => (await countConsumers(scene.deployed)) === 0);
        consumer.request(30);
        expect(sink.deliveries).toHaveLength(40);
        expect(sink.disconnections).toEqual([]);
        consumer.request(100);
        await until(() => sink.disconnections.length === 1);
        expect(sink.deliveries).toHaveLength(100);
      } finally {
        await meddler.close();
      }
    }));

  test('manual ack: a lost connection is told once and ends deliveries and fences', () =>
    withMessages(manual, numbered(100), async (scene) => {
      const { hostname, port } = new URL(`amqp://${broker.up.target.address}`);
      const { meddler, port: through } = await Meddler.before(hostname, Number(port));
      try {
        const { consumer, sink } = await scene.open(`127.0.0.1:${through}`);
        consumer.request(10);
        await until(() => sink.deliveries.length === 10);
        meddler.cut();
        await until(() => sink.disconnections.length > 0);
        consumer.settle(1, sink.deliveries.slice(0, 5), acknowledge);
        consumer.request(50);
        await expect(consumer.fence?.()).rejects.toMatchObject({ code: 'CONNECT_FAILED' });
        expect(sink.deliveries).toHaveLength(10);
        expect(sink.disconnections).toHaveLength(1);
        await until(async () => (await scene.ready()) === 100);
      } finally {
        await meddler.close();
      }
    }));

  test('a queue deleted under its consumer ends the session in words', () =>
    withMessages(manual, numbered(5), async (scene) => {
      const { consumer, sink } = await scene.open();
      consumer.request(1);
      await until(() => sink.deliveries.length === 1);
      await scene.administration.remove(scene.deployed);
      await until(() => sink.disconnections.length === 1);
      expect(String(sink.disconnections[0])).toMatch(/queue is gone/);
    }));

  test('a stranger’s message with any headers and bytes is delivered as it is', () =>
    withMessages(manual, [], async (scene) => {
      const { hostname, port } = new URL(`amqp://${broker.up.target.address}`);
      const connection = await amqplib.connect({ hostname, port: Number(port) });
      const channel = await connection.createChannel();
      const headers = {
        text: '\u0000\u001b[31m',
        list: [1, { deep: true }],
        number: -1,
        none: null,
      };
      channel.sendToQueue(scene.deployed.topology.subscriptions[0]?.name ?? '', Buffer.alloc(0), {
        headers,
        messageId: 'not a ticket',
      });
      await channel.close();
      await connection.close();
      const { consumer, sink } = await scene.open();
      consumer.request(1);
      await until(() => sink.deliveries.length === 1);
      expect(sink.deliveries[0]).toMatchObject({ redelivered: false });
      expect(sink.deliveries[0]?.body).toHaveLength(0);
      expect(sink.deliveries[0]?.headers).toEqual({ text: headers.text });
    }));

  test('a quorum queue counts the attempts', () =>
    withMessages({ ...manual, queueType: 'quorum' }, [outgoing(0, 'counted')], async (scene) => {
      const { consumer, sink } = await scene.open();
      for (const attempt of [1, 2, 3]) {
        consumer.request(1);
        await until(() => sink.deliveries.length === attempt);
        const delivery = sink.deliveries[attempt - 1]!;
        expect(delivery).toMatchObject({ attempt, redelivered: attempt > 1 });
        consumer.settle(attempt, [delivery], { how: 'requeue' });
      }
      expect(consumer.fence === undefined).toBe(true);
    }));

  async function countConsumers(deployed: Deployed): Promise<number> {
    const { hostname, port } = new URL(`amqp://${broker.up.target.address}`);
    const connection = await amqplib.connect({ hostname, port: Number(port) });
    const channel = await connection.createChannel();
    const { consumerCount } = await channel.checkQueue(
      deployed.topology.subscriptions[0]?.name ?? '',
    );
    await connection.close();
    return consumerCount;
  }
});
