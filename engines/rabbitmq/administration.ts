import type { Channel } from 'amqplib';
import { invariant } from '../../harness/core/errors.ts';
import type {
  Administration,
  Backlog,
  Deployed,
  SubscriptionSpec,
  Target,
  Topology,
  TopologyChange,
} from '../engine.ts';
import { bindingsOf, exchangeTypeOf, inWords } from './bindings.ts';
import { exchangeOf, queueOf } from './deployment.ts';
import { type Link, openLink } from './link.ts';
import { refuseUndeclared } from '../topology-needs.ts';
import { notDone } from './access.ts';
import { protectionOf } from './address.ts';
import type { RabbitOptions } from './options.ts';
import { traits } from './traits.ts';

export async function administer(target: Target, options: RabbitOptions): Promise<Administration> {
  const administration = new RabbitAdministration(target, options);
  await administration.open();
  return administration;
}

class RabbitAdministration implements Administration {
  readonly #target: Target;
  readonly #options: RabbitOptions;
  #link: Link | undefined;

  constructor(target: Target, options: RabbitOptions) {
    this.#target = target;
    this.#options = options;
  }

  async open(): Promise<Link> {
    // Any failure so far was the connection's: a broker that was killed and restarted is met again here.
    if (this.#link === undefined || this.#link.failure() !== undefined) {
      this.#link = await openLink(this.#target, {
        name: 'ackmark administration',
        heartbeatSeconds: this.#options.heartbeatSeconds,
      });
    }
    return this.#link;
  }

  async apply(topology: Topology): Promise<Deployed> {
    refuseUndeclared(topology, traits(this.#options).capabilities);
    const { title, version } = (await this.open()).product;
    const deployed: Deployed = {
      topology,
      effective: this.#effective(title),
      ...(this.#target.kind === 'external' ? { title } : {}),
      ...(version === undefined ? {} : { version }),
      settings: {},
    };
    try {
      await this.#declare(topology);
      if (this.#target.kind === 'external') await this.#tryToPublish(topology);
      for (const binding of bindingsOf(topology)) {
        await this.topologyChange.bind(deployed, binding);
      }
    } catch (error) {
      // Nobody else knows of what was declared by then; why not all of it was is what the caller must hear.
      await this.remove(deployed).catch(() => undefined);
      throw error;
    }
    return deployed;
  }

  async #declare(topology: Topology): Promise<void> {
    await this.#onChannel('declare the topology', async (channel) => {
      for (const destination of topology.destinations) {
        const { type, alternateExchange } = exchangeTypeOf(topology, destination);
        const alternate = alternateExchange === undefined ? {} : { alternateExchange };
        await channel.assertExchange(exchangeOf(destination), type, {
          durable: true,
          ...alternate,
        });
      }
      for (const subscription of topology.subscriptions) {
        await this.#declareQueue(channel, topology, subscription);
      }
    });
  }

  /**
   * Who may declare an exchange may still not publish to it, and a producer would hear of that only as the end of its
   * channel. Nothing is bound yet: the broker drops what comes, and answers behind it.
   */
  async #tryToPublish({ destinations }: Topology): Promise<void> {
    await this.#onChannel('take a message', async (channel) => {
      for (const destination of destinations) {
        channel.publish(exchangeOf(destination), '', Buffer.alloc(0));
        await channel.checkExchange(exchangeOf(destination));
      }
    });
  }

  readonly topologyChange: TopologyChange = {
    bind: ({ topology }, binding) =>
      this.#onChannel('bind a queue', async (channel) => {
        const { queue, exchange, key, headers } = inWords(topology, binding);
        await channel.bindQueue(queue, exchange, key, headers);
      }),
    unbind: ({ topology }, binding) =>
      this.#onChannel('unbind a queue', async (channel) => {
        const { queue, exchange, key, headers } = inWords(topology, binding);
        await channel.unbindQueue(queue, exchange, key, headers);
      }),
  };

  /**
   * A passive declare counts the messages ready for delivery. What consumers hold unacknowledged the
   * protocol does not tell, so `inFlight` is 0 and the caller adds what its own consumers hold: with
   * `ready` 0, then a fence on every consumer (it comes behind every delivery sent before it), then
   * nothing unsettled at any of them and `ready` still 0, the queue is drained.
   */
  async backlog(deployed: Deployed, subscription: number): Promise<Backlog> {
    if (this.#options.acknowledgement === 'automatic') return { by: 'quiescence' };
    const spec = deployed.topology.subscriptions[subscription];
    invariant(spec !== undefined, `no subscription ${subscription}`);
    const { messageCount } = await this.#onChannel('count the messages', (channel) =>
      channel.checkQueue(queueOf(spec)),
    );
    return { by: 'exact-depth', ready: messageCount, inFlight: 0 };
  }

  async remove(deployed: Deployed): Promise<void> {
    await this.#onChannel('remove the topology', async (channel) => {
      for (const subscription of deployed.topology.subscriptions) {
        await channel.deleteQueue(queueOf(subscription));
      }
      for (const destination of deployed.topology.destinations) {
        await channel.deleteExchange(exchangeOf(destination));
      }
    });
  }

  async close(): Promise<void> {
    await this.#link?.close();
  }

  async #declareQueue(
    channel: Channel,
    topology: Topology,
    subscription: SubscriptionSpec,
  ): Promise<void> {
    const { queueType, maxLength, singleActive } = this.#options;
    const limit = maxLength === 0 ? {} : { maxLength, overflow: 'reject-publish' };
    await channel.assertQueue(queueOf(subscription), {
      durable: true,
      arguments: {
        'x-queue-type': queueType,
        ...(singleActive ? { 'x-single-active-consumer': true } : {}),
        ...limitArguments(topology, subscription),
      },
      ...limit,
    });
  }

  #effective(product: string): readonly string[] {
    const { queueType, persistent, acknowledgement, mandatory, maxLength, heartbeatSeconds } =
      this.#options;
    const { singleActive } = this.#options;
    const automatic = acknowledgement === 'automatic';
    const manual = `manual ack, given back with basic.${this.#options.requeueWith}, prefetch = permits asked for`;
    const { nodes } = this.#target;
    return [
      ...(this.#target.kind === 'external' ? [protectionOf(this.#target)] : []),
      `broker: ${product}, ${nodes === 1 ? '1 node' : `${nodes} nodes`}`,
      `queue: ${queueType}, durable${singleActive ? ', one consumer active at a time' : ''}${maxLength === 0 ? '' : `, refuses above ${maxLength} messages`}`,
      `messages: ${persistent ? 'persistent' : 'transient'}${mandatory ? ', mandatory' : ''}`,
      'publisher: confirms on a connection of its own, no reconnection',
      `consumer: ${automatic ? 'no-ack, prefetch ignored by the broker' : manual}`,
      `connection: TCP_NODELAY, heartbeat ${heartbeatSeconds} s`,
    ];
  }

  /** A refusal closes the channel, so each task gets one of its own. */
  async #onChannel<T>(what: string, task: (channel: Channel) => Promise<T>): Promise<T> {
    const { model } = await this.open();
    try {
      const channel = await model.createChannel();
      channel.on('error', () => undefined);
      const result = await task(channel);
      await channel.close();
      return result;
    } catch (cause) {
      throw notDone(this.#target, what, cause);
    }
  }
}

/**
 * `x-delivery-limit` says how often a message may come back: it is delivered once more than that. What a quorum
 * queue moves by default it may lose on the way; `at-least-once` waits for the confirm of the other queue, and
 * needs a source that refuses what is too much (RabbitMQ docs, at-least-once dead lettering).
 */
function limitArguments(
  { destinations }: Topology,
  { deliveryLimit }: SubscriptionSpec,
): Readonly<Record<string, string | number>> {
  if (deliveryLimit === undefined) return {};
  const limit = { 'x-delivery-limit': deliveryLimit.deliveries - 1 };
  const dead = destinations[deliveryLimit.deadLetters ?? -1];
  if (dead === undefined) return limit;
  return {
    ...limit,
    'x-dead-letter-exchange': exchangeOf(dead),
    'x-dead-letter-strategy': 'at-least-once',
    'x-overflow': 'reject-publish',
  };
}
