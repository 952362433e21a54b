import { AckmarkError, invariant } from '../../harness/core/errors.ts';
import type {
  ActorContext,
  Consumer,
  ConsumerSink,
  ConsumerSpec,
  Producer,
  ProducerSink,
  ProducerSpec,
  Session,
  Target,
} from '../engine.ts';
import { notDone } from './access.ts';
import { RabbitConsumer } from './consumer.ts';
import { queueOf } from './deployment.ts';
import { type Link, openLink } from './link.ts';
import type { RabbitOptions } from './options.ts';
import { RabbitProducer } from './producer.ts';

/** Connects at once, so that an unreachable broker is known before the actor starts. */
export async function connectSession(
  target: Target,
  options: RabbitOptions,
  actor: ActorContext,
): Promise<Session> {
  const session = new RabbitSession(target, options, actor);
  await session.open();
  return session;
}

/**
 * Producer and consumer get a connection each: a broker that is short of memory stops reading from
 * publishing connections, and acknowledgements must not wait behind that.
 */
class RabbitSession implements Session {
  readonly #target: Target;
  readonly #options: RabbitOptions;
  readonly #actor: ActorContext;
  readonly #links: Link[] = [];
  readonly #members: (Producer | Consumer)[] = [];
  #spare: Link | undefined;
  #closing: Promise<void> | undefined;

  constructor(target: Target, options: RabbitOptions, actor: ActorContext) {
    this.#target = target;
    this.#options = options;
    this.#actor = actor;
  }

  async open(): Promise<void> {
    this.#spare = await this.#connect();
  }

  async producer(spec: ProducerSpec, sink: ProducerSink): Promise<Producer> {
    const link = await this.#link();
    const channel = await link.model.createConfirmChannel().catch(this.#refused('open a channel'));
    const producer = new RabbitProducer(link, channel, this.#options, spec.deployed, sink);
    this.#members.push(producer);
    return producer;
  }

  async consumer(spec: ConsumerSpec, sink: ConsumerSink): Promise<Consumer> {
    const subscription = spec.deployed.topology.subscriptions[spec.subscription];
    invariant(subscription !== undefined, `no subscription ${spec.subscription}`);
    if (spec.start.at !== 'earliest') {
      throw new AckmarkError('USAGE', `a queue has no start at ${spec.start.at}`, {
        hint: 'A queue hands out what it holds: start at the earliest.',
      });
    }
    const link = await this.#link();
    const channel = await link.model.createChannel().catch(this.#refused('open a channel'));
    const settings = {
      target: this.#target,
      queue: queueOf(subscription),
      automatic: this.#options.acknowledgement === 'automatic',
      counted: this.#options.queueType === 'quorum',
      requeueWith: this.#options.requeueWith,
    };
    const consumer = new RabbitConsumer(link, channel, settings, sink);
    await consumer.open().catch(this.#refused('hand out the queue'));
    this.#members.push(consumer);
    return consumer;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  #refused(what: string): (cause: unknown) => never {
    return (cause) => {
      throw notDone(this.#target, what, cause);
    };
  }

  async #close(): Promise<void> {
    await Promise.all(this.#members.map((member) => member.close()));
    await Promise.all(this.#links.map((link) => link.close()));
  }

  async #link(): Promise<Link> {
    const spare = this.#spare;
    this.#spare = undefined;
    return spare ?? (await this.#connect());
  }

  async #connect(): Promise<Link> {
    const link = await openLink(this.#target, {
      name: this.#actor.name,
      heartbeatSeconds: this.#options.heartbeatSeconds,
      signal: this.#actor.signal,
      beginAt: this.#actor.random(),
    });
    this.#links.push(link);
    return link;
  }
}
