import amqplib from 'amqplib';
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Deployed, Producer, Target } from '../../../engines/engine.ts';
import engine from '../../../engines/rabbitmq/engine.ts';
import type { RabbitOptions } from '../../../engines/rabbitmq/options.ts';
import { RabbitCode } from '../../../engines/rabbitmq/outcomes.ts';
import { type LiveBroker, live, startLiveBroker, whyNotLive } from './live-broker.ts';
import { Meddler } from './meddler.ts';
import {
  actor,
  manual,
  numbered,
  outgoing,
  RecordedProducer,
  topologyNamed,
  until,
} from './recording.ts';

describe.skipIf(!live)(`how sends end on a real broker (${whyNotLive})`, () => {
  let broker: LiveBroker;
  let count = 0;
  beforeAll(async () => {
    broker = await startLiveBroker();
  });
  afterAll(() => broker.down());

  interface Scene {
    readonly deployed: Deployed;
    readonly sink: RecordedProducer;
    readonly producer: Producer;
    readonly send: (messages: ReturnType<typeof numbered>) => void;
    readonly ready: () => Promise<number>;
  }

  async function withProducer(
    options: RabbitOptions,
    through: (target: Target) => Target,
    body: (scene: Scene) => Promise<void>,
  ): Promise<void> {
    const { target } = broker.up;
    const administration = await engine.administer(target, options);
    count += 1;
    const deployed = await administration.apply(topologyNamed(`outcomes-${count}`));
    const session = await engine.connect(through(target), options, actor);
    const sink = new RecordedProducer();
    try {
      const producer = await session.producer?.({ deployed }, sink);
      if (producer === undefined) throw new Error('no producer');
      await body({
        deployed,
        sink,
        producer,
        send: (messages) => {
          sink.expected += messages.length;
          producer.send(messages);
        },
        ready: async () => {
          const backlog = await administration.backlog(deployed, 0);
          return backlog.by === 'exact-depth' ? backlog.ready : Number.NaN;
        },
      });
    } finally {
      await session.close();
      await administration.remove(deployed);
      await administration.close();
    }
  }

  const directly = (target: Target): Target => target;
  const tally = (sink: RecordedProducer): Record<string, number> => {
    const counts: Record<string, number> = {};
    for (const { outcome, code } of sink.outcomes.values()) {
      counts[`${outcome} ${code}`] = (counts[`${outcome} ${code}`] ?? 0) + 1;
    }
    return counts;
  };

  test('a confirmed send is ok and in the queue', () =>
    withProducer(manual, directly, async ({ sink, producer, send, ready }) => {
      send(numbered(2_000));
      await producer.flush();
      expect(tally(sink)).toEqual({ 'ok 0': 2_000 });
      expect(await ready()).toBe(2_000);
    }));

  test('a swallowed confirm and a cut leave the send unknown, although the queue has it', () =>
    meddled(async (meddler, through) =>
      withProducer(manual, through, async ({ sink, send, ready }) => {
        meddler.meddling = 'swallow-answers';
        send(numbered(50));
        await until(() => meddler.swallowedAnswers === 50);
        expect(sink.outcomes.size).toBe(0);
        meddler.cut();
        await until(() => sink.disconnections.length > 0);
        expect(tally(sink)).toEqual({ [`unknown ${RabbitCode.connectionLost}`]: 50 });
        expect(sink.unsettledAtDisconnection).toBe(0);
        expect(sink.disconnections).toHaveLength(1);
        expect(await ready()).toBe(50);
      }),
    ));

  test('a cut before the request arrived is unknown too, although nothing is stored', () =>
    meddled(async (meddler, through) =>
      withProducer(manual, through, async ({ sink, send, ready }) => {
        meddler.meddling = 'swallow-requests';
        send(numbered(50));
        await until(() => meddler.swallowedBytes > 0);
        meddler.cut();
        await until(() => sink.disconnections.length > 0);
        expect(tally(sink)).toEqual({ [`unknown ${RabbitCode.connectionLost}`]: 50 });
        expect(await ready()).toBe(0);
      }),
    ));

  test('after the disconnection a send fails, because no byte can have left', () =>
    meddled(async (meddler, through) =>
      withProducer(manual, through, async ({ sink, producer, send, ready }) => {
        meddler.cut();
        await until(() => sink.disconnections.length > 0);
        send(numbered(3));
        expect(sink.outcomes.size).toBe(0);
        await producer.flush();
        expect(tally(sink)).toEqual({ [`fail ${RabbitCode.notConnected}`]: 3 });
        expect(await ready()).toBe(0);
      }),
    ));

  test('a nack by a full queue is a failure, and nothing beyond the limit is stored', () =>
    withProducer({ ...manual, maxLength: 5 }, directly, async ({ sink, producer, send, ready }) => {
      for (const message of numbered(9)) {
        send([message]);
        await producer.flush();
      }
      const counts = tally(sink);
      expect(counts[`fail ${RabbitCode.queueFull}`]).toBeGreaterThan(0);
      expect(await ready()).toBe(counts['ok 0']);
    }));

  test('a channel that the broker closes leaves its sends unknown and ends the session', () =>
    withProducer(manual, directly, async ({ deployed, sink, send }) => {
      const other = await engine.administer(broker.up.target, manual);
      await other.remove(deployed);
      await other.close();
      send(numbered(4));
      await until(() => sink.disconnections.length > 0);
      expect(tally(sink)).toEqual({ [`unknown ${RabbitCode.channelClosedByBroker}`]: 4 });
      expect(String(sink.disconnections[0])).toMatch(/404/);
    }));

  test('what the client cannot encode or AMQP does not have fails without a byte', () =>
    withProducer(manual, directly, async ({ sink, producer, send, ready }) => {
      send([
        outgoing(0, 'headers too large', { headers: { h: 'x'.repeat(70_000) } }),
        outgoing(1, 'key too long', { key: Buffer.alloc(200, 0xff) }),
        outgoing(2, 'a partition', { partition: 1 }),
        outgoing(3, 'a delay', { delayMs: 5 }),
        outgoing(4, 'fine', { key: Buffer.from([0, 255, 128]) }),
      ]);
      await producer.flush();
      expect([...sink.outcomes].toSorted(([a], [b]) => a - b).map(([, { code }]) => code)).toEqual([
        RabbitCode.refusedByClient,
        RabbitCode.refusedByClient,
        RabbitCode.unsupported,
        RabbitCode.unsupported,
        RabbitCode.confirmed,
      ]);
      expect(await ready()).toBe(1);
    }));

  test('an unroutable mandatory message comes back and is confirmed all the same', () =>
    withProducer(manual, directly, async ({ deployed, sink, producer, send }) => {
      const { hostname, port } = new URL(`amqp://${broker.up.target.address}`);
      const connection = await amqplib.connect({ hostname, port: Number(port) });
      const channel = await connection.createChannel();
      const queue = deployed.topology.subscriptions[0]?.name ?? '';
      await channel.unbindQueue(queue, deployed.topology.destinations[0]?.name ?? '', '');
      await connection.close();
      send(numbered(2));
      await producer.flush();
      expect(sink.returns).toEqual([0, 1]);
      expect(tally(sink)).toEqual({ 'ok 0': 2 });
    }));

  test('a full client buffer says so, and says when there is room again', () =>
    withProducer(manual, directly, async ({ sink, producer, send }) => {
      send(numbered(5_000));
      expect(sink.writability).toEqual([false]);
      await producer.flush();
      await until(() => sink.writability.length === 2);
      expect(sink.writability).toEqual([false, true]);
    }));

  test('a frozen broker cannot keep a session open: its sends end unknown', () =>
    withProducer(manual, directly, async ({ sink, producer, send }) => {
      const pid = broker.up.nodes[0]?.pid() ?? 0;
      process.kill(pid, 'SIGSTOP');
      try {
        send(numbered(10));
        await producer.close();
        expect(tally(sink)).toEqual({ [`unknown ${RabbitCode.closedByUs}`]: 10 });
      } finally {
        process.kill(pid, 'SIGCONT');
      }
    }));

  test('a closed port, garbage and silence from the far side refuse the session in words', async () => {
    const at = (port: number): Target => ({ ...broker.up.target, address: `127.0.0.1:${port}` });
    for (const answer of ['HTTP/1.1 400 Bad Request\r\n\r\n', 'AMQP\0\0\x09\x01', undefined]) {
      const server = createServer((socket) => {
        socket.on('error', () => undefined);
        socket.resume();
        if (answer === undefined) socket.destroy();
        else socket.end(Buffer.from(answer, 'latin1'));
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      await expect(engine.connect(at(port), manual, actor)).rejects.toMatchObject({
        code: 'CONNECT_FAILED',
      });
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await expect(engine.connect(at(port), manual, actor)).rejects.toMatchObject({
        code: 'CONNECT_FAILED',
      });
    }
  });

  async function meddled(
    body: (meddler: Meddler, through: (target: Target) => Target) => Promise<void>,
  ): Promise<void> {
    const { hostname, port } = new URL(`amqp://${broker.up.target.address}`);
    const { meddler, port: meddledPort } = await Meddler.before(hostname, Number(port));
    try {
      await body(meddler, (target) => ({ ...target, address: `127.0.0.1:${meddledPort}` }));
    } finally {
      await meddler.close();
    }
  }
});
