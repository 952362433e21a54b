import {
  SetSubscriptionAttributesCommand,
  ListSubscriptionsByTopicCommand,
} from '@aws-sdk/client-sns';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fauxqsProvisioner } from '../../../engines/aws/fauxqs.ts';
import { AwsCode } from '../../../engines/aws/outcomes.ts';
import type { Administration, Deployed, Session } from '../../../engines/engine.ts';
import type { Provisioned } from '../../../engines/provisioner.ts';
import { snsClient } from '../../../engines/sns/client.ts';
import engine from '../../../engines/sns/engine.ts';
import type { SnsOptions } from '../../../engines/sns/options.ts';
import { profiles } from '../../../engines/sns/profiles.ts';
import { madeOf } from '../../../engines/sns/topics.ts';
import { wire } from '../../../engines/sns/wire.ts';
import { sqsClient } from '../../../engines/sqs/client.ts';
import { bringUp } from '../embedded/bring-up.ts';
import { swallowingProxy } from '../embedded/swallowing-proxy.ts';
import { numbered, outgoing, Recorded, until } from '../live-cell.ts';

let names = 0;

/** A topic and so many queues behind it. */
class Fan {
  readonly administration: Administration;
  readonly deployed: Deployed;
  readonly #up: Provisioned;
  readonly #options: SnsOptions;
  readonly #sessions: Session[] = [];

  private constructor(
    up: Provisioned,
    options: SnsOptions,
    administration: Administration,
    deployed: Deployed,
  ) {
    this.#up = up;
    this.#options = options;
    this.administration = administration;
    this.deployed = deployed;
  }

  static async open(up: Provisioned, options: SnsOptions, queues: number): Promise<Fan> {
    names += 1;
    const administration = await engine.administer(up.target, options);
    const deployed = await administration.apply({
      destinations: [{ name: `fan-${names}`, scopes: 1 }],
      subscriptions: Array.from({ length: queues }, (_, index) => ({
        name: `fan-${names}-${index}`,
        destination: 0,
      })),
    });
    return new Fan(up, options, administration, deployed);
  }

  async producer(address = this.#up.target.address) {
    const sink = new Recorded();
    const session = await this.#session(address);
    const producer = await session.producer?.({ deployed: this.deployed }, sink);
    if (producer === undefined) throw new Error('no producer');
    return { producer, sink };
  }

  async consumer(subscription: number) {
    const sink = new Recorded();
    const session = await this.#session(this.#up.target.address);
    const spec = { deployed: this.deployed, subscription, start: { at: 'earliest' } } as const;
    const consumer = await session.consumer?.(spec, sink);
    if (consumer === undefined) throw new Error('no consumer');
    return { consumer, sink };
  }

  async depth(subscription: number): Promise<number> {
    const backlog = await this.administration.backlog(this.deployed, subscription);
    return backlog.by === 'exact-depth' ? backlog.ready + backlog.inFlight : Number.NaN;
  }

  async close(): Promise<void> {
    for (const session of this.#sessions) await session.close();
    await this.administration.remove(this.deployed);
    await this.administration.close();
  }

  async #session(address: string): Promise<Session> {
    const session = await engine.connect({ ...this.#up.target, address }, this.#options, {
      name: `fan-${names}-${this.#sessions.length}`,
      nowNs: () => Math.round(performance.now() * 1e6),
      random: () => 0.5,
      signal: new AbortController().signal,
    });
    this.#sessions.push(session);
    return session;
  }
}

describe('a topic of fauxqs and the queues behind it', () => {
  let up: Provisioned;
  beforeAll(async () => {
    up = await bringUp(fauxqsProvisioner);
  });
  afterAll(() => up?.down());

  const withFan = async (
    options: SnsOptions,
    queues: number,
    body: (fan: Fan) => Promise<void>,
  ): Promise<void> => {
    const fan = await Fan.open(up, options, queues);
    try {
      await body(fan);
    } finally {
      await fan.close();
    }
  };

  test.each(Object.entries(profiles))('%s: every queue gets every message', (_, { options }) =>
    withFan(options, 3, async (fan) => {
      const { producer, sink } = await fan.producer();
      const headers = { kind: 'letter' };
      producer.send(numbered(25).map((message) => ({ ...message, headers })));
      await producer.flush();
      expect([...sink.results.values()].every(({ outcome }) => outcome === 'ok')).toBe(true);
      for (const subscription of [0, 1, 2]) {
        const { consumer, sink: got } = await fan.consumer(subscription);
        consumer.request(25);
        await until(() => got.deliveries.length === 25);
        expect(new Set(got.bodies()).size).toBe(25);
        for (const delivery of got.deliveries) expect(delivery.headers).toEqual(headers);
      }
    }),
  );

  test('enveloped, a queue holds the document of a notification; raw, the message itself', async () => {
    const bodies: string[] = [];
    for (const delivery of ['enveloped', 'raw'] as const) {
      await withFan({ ...profiles.raw.options, delivery }, 1, async (fan) => {
        const { producer } = await fan.producer();
        producer.send([outgoing(1, 'hello')]);
        await producer.flush();
        const queues = sqsClient(up.target, profiles.raw.options);
        const [QueueUrl] = madeOf(fan.deployed).queues;
        const { Messages = [] } = await queues.send(new ReceiveMessageCommand({ QueueUrl }));
        queues.destroy();
        bodies.push(Messages[0]?.Body ?? '');
      });
    }
    expect(JSON.parse(bodies[0] ?? '')).toMatchObject({
      Type: 'Notification',
      Message: 'aGVsbG8=',
    });
    expect(bodies[1]).toBe('aGVsbG8=');
  });

  test('a filter policy lets exactly those in whose attribute it names', () =>
    withFan(profiles.raw.options, 2, async (fan) => {
      const topics = snsClient(up.target, profiles.raw.options);
      const [TopicArn] = madeOf(fan.deployed).topics;
      const { Subscriptions = [] } = await topics.send(
        new ListSubscriptionsByTopicCommand({ TopicArn }),
      );
      const first = Subscriptions.find(({ Endpoint = '' }) => Endpoint.endsWith('-0'));
      await topics.send(
        new SetSubscriptionAttributesCommand({
          SubscriptionArn: first?.SubscriptionArn,
          AttributeName: 'FilterPolicy',
          AttributeValue: JSON.stringify({ colour: ['red', { prefix: 'blu' }] }),
        }),
      );
      topics.destroy();
      const { producer } = await fan.producer();
      const colours = ['red', 'green', 'blue', 'blurred', 'reddish'];
      producer.send(
        colours.map((colour, ticket) => outgoing(ticket, colour, { headers: { colour } })),
      );
      producer.send([outgoing(9, 'without any')]);
      await producer.flush();
      const { consumer, sink } = await fan.consumer(0);
      consumer.request(10);
      await until(() => sink.deliveries.length === 3);
      expect(sink.bodies().toSorted()).toEqual(['blue', 'blurred', 'red']);
      expect(await fan.depth(0)).toBe(3);
      expect(await fan.depth(1)).toBe(6);
    }));

  test('a lost answer leaves the publish unknown, although every queue has it', () =>
    withFan(profiles.raw.options, 2, async (fan) => {
      const proxy = await swallowingProxy(wire, up.upstreams[0]?.port ?? 0, 1);
      try {
        const { producer, sink } = await fan.producer(`http://${proxy.address}`);
        producer.send([outgoing(1, 'a'), outgoing(2, 'b')]);
        await until(() => sink.disconnections.length === 1);
        expect(proxy.swallowed()).toBe(2);
        expect([...sink.results.values()]).toMatchObject([
          { outcome: 'unknown', code: AwsCode.connectionLost },
          { outcome: 'unknown', code: AwsCode.connectionLost },
        ]);
        expect([await fan.depth(0), await fan.depth(1)]).toEqual([2, 2]);
      } finally {
        proxy.close();
      }
    }));

  test('a FIFO topic recognises a copy, and its queues keep the order of a group', () =>
    withFan(profiles.fifo.options, 1, async (fan) => {
      const { producer } = await fan.producer();
      const sent = numbered(20).map((message) => ({
        ...message,
        group: 'g',
        deduplicationId: `id-${Math.floor(message.ticket / 2)}`,
      }));
      producer.send(sent);
      await producer.flush();
      const { consumer, sink } = await fan.consumer(0);
      for (let seen = 0; seen < 10; seen += 1) {
        consumer.request(1);
        await until(() => sink.deliveries.length === seen + 1);
        consumer.settle(seen, sink.deliveries.slice(-1), { how: 'acknowledge' });
      }
      await until(async () => (await fan.depth(0)) === 0);
      expect(sink.bodies()).toEqual(Array.from({ length: 10 }, (_, n) => `message ${2 * n}`));
    }));
});
