import { type Channel, type ChannelModel, connect, type GetMessage } from 'amqplib';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import engine from '../../../engines/rabbitmq/engine.ts';
import { addressesOf } from '../../../engines/rabbitmq/address.ts';
import { type ReleaseKind, releases } from '../../../engines/rabbitmq/releases.ts';
import { hasReached } from '../../../harness/core/version-order.ts';
import { type LiveBroker, startLiveBroker, whyNotReleased } from './live-broker.ts';

const deliveries = 3;
/** More than any limit here; who has none goes on for ever. */
const most = 30;
/** A message comes back, or is moved, some milliseconds after it was given back; on a busy machine later. */
const patienceMs = 20_000;
const emptyLooks = 10;
const lookEveryMs = 30;

type GiveBack = (channel: Channel, message: GetMessage) => unknown;

const nack: GiveBack = (channel, message) => channel.nack(message, false, true);

const reject: GiveBack = (channel, message) => channel.reject(message, true);

/** The ways in which a consumer can fail to acknowledge, and the first version in which it does not count. */
const ways: Readonly<Record<string, { readonly giveBack: GiveBack; readonly until: string }>> = {
  nack: { giveBack: nack, until: '4.3' },
  reject: { giveBack: reject, until: 'never' },
  'closing the channel': { giveBack: (channel) => channel.close(), until: 'never' },
};

/** What is expected is waited for with patience; behind the last of it, a few looks in vain are the end. */
async function taken(
  expected: number,
  take: () => Promise<GetMessage | false>,
): Promise<readonly GetMessage[]> {
  const messages: GetMessage[] = [];
  let empty = 0;
  let lastMs = performance.now();
  while (messages.length < most) {
    const message = await take();
    if (message !== false) {
      messages.push(message);
      empty = 0;
      lastMs = performance.now();
      continue;
    }
    empty += 1;
    if (messages.length >= expected && empty >= emptyLooks) break;
    if (performance.now() - lastMs > patienceMs) break;
    await sleep(lookEveryMs);
  }
  return messages;
}

const kinds = (Object.keys(releases) as readonly ReleaseKind[]).map((kind) => {
  const missing = whyNotReleased(kind);
  return { kind, missing, title: missing === '' ? kind : `${kind} (${missing})` };
});

describe.each(kinds)('the delivery limit of a quorum queue, $title', ({ kind, missing }) => {
  describe.skipIf(missing !== '')('is counted as its version says', () => {
    let broker: LiveBroker;
    let connection: ChannelModel;
    let version = '';
    const has = (from: string): boolean => hasReached(version, from);
    beforeAll(async () => {
      broker = await startLiveBroker([], 1, kind);
      const [address] = addressesOf(broker.up.target);
      connection = await connect(address as object);
      version = connection.connection.serverProperties.version;
    });
    afterAll(async () => {
      await connection.close();
      await broker.down();
    });

    /** Two queues, the second for the dead letters of the first where the profile has them, and one message. */
    async function withOneMessage(
      profile: 'quorum' | 'quorum-dead-letters' | 'quorum-drop-at-limit',
      name: string,
      deadLetters: number | undefined,
    ): Promise<void> {
      const administration = await engine.administer(
        broker.up.target,
        engine.options.parse(engine.profiles[profile].options),
      );
      const limit = profile === 'quorum' ? {} : { deliveryLimit: { deliveries, deadLetters } };
      await administration.apply({
        destinations: ['d0', 'd1'].map((destination) => ({
          name: `${name}-${destination}`,
          scopes: 1,
        })),
        subscriptions: [
          { name: `${name}-g0`, destination: 0, ...limit },
          { name: `${name}-g1`, destination: 1 },
        ],
      });
      await administration.close();
      const channel = await connection.createConfirmChannel();
      channel.publish(`${name}-d0`, '', Buffer.from('poison'), { persistent: true });
      await channel.waitForConfirms();
      await channel.close();
    }

    /** How often the queue hands out what is never acknowledged, at most so often. */
    async function handedOut(queue: string, giveBack: GiveBack, expected: number): Promise<number> {
      const messages = await taken(expected, async () => {
        const channel = await connection.createChannel();
        let isOpen = true;
        channel.on('close', () => {
          isOpen = false;
        });
        const message = await channel.get(queue);
        if (message !== false) await giveBack(channel, message);
        if (isOpen) await channel.close();
        return message;
      });
      return messages.length;
    }

    async function inQueue(queue: string, expected: number): Promise<readonly string[]> {
      const channel = await connection.createChannel();
      const messages = await taken(expected, () => channel.get(queue, { noAck: true }));
      await channel.close();
      for (const { properties } of messages) {
        expect(properties.headers).toMatchObject({ 'x-first-death-reason': 'delivery_limit' });
      }
      return messages.map(({ content }) => content.toString());
    }

    test.each(Object.entries(ways))(
      'counts %s, unless the version says otherwise, and moves the message once',
      async (way, { giveBack, until }) => {
        const name = way.replaceAll(' ', '-');
        const isCounted = until === 'never' || !has(until);
        await withOneMessage('quorum-dead-letters', name, 1);
        const times = isCounted ? deliveries : most;
        expect(await handedOut(`${name}-g0`, giveBack, times)).toBe(times);
        const dead = isCounted ? ['poison'] : [];
        expect(await inQueue(`${name}-g1`, dead.length)).toEqual(dead);
      },
    );

    test('drops the message where nobody has named a dead-letter exchange', async () => {
      await withOneMessage('quorum-drop-at-limit', 'dropped', undefined);
      expect(await handedOut('dropped-g0', reject, deliveries)).toBe(deliveries);
      expect(await inQueue('dropped-g1', 0)).toEqual([]);
    });

    test('is 20 returns since 4.0 where nobody has named one, and then the message is gone', async () => {
      await withOneMessage('quorum', 'default', undefined);
      const times = has('4.0') ? 21 : most;
      expect(await handedOut('default-g0', reject, times)).toBe(times);
    });
  });
});
