import type { NatsConnection } from '@nats-io/transport-node';
import { AckmarkError } from '../../harness/core/errors.ts';
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
import { SessionMembers } from '../session-members.ts';
import { subscribed } from '../subscribed.ts';
import { closeConnection, openConnection } from './connection.ts';
import { JetStreamConsumer } from './consumer.ts';
import { CoreConsumer } from './core-consumer.ts';
import { CoreProducer } from './core-producer.ts';
import type { NatsOptions } from './options.ts';
import { JetStreamProducer } from './producer.ts';
import { consumerOf, streamOf, subjectsOf } from './subjects.ts';

/** Connects at once, so that an unreachable server is known before the actor starts. */
export async function connectSession(
  target: Target,
  options: NatsOptions,
  actor: ActorContext,
): Promise<Session> {
  const connection = await openConnection(target, {
    name: actor.name,
    first: Math.floor(actor.random() * target.nodes),
    signal: actor.signal,
  });
  return new NatsSession(connection, options, actor);
}

class NatsSession implements Session {
  readonly #connection: NatsConnection;
  readonly #options: NatsOptions;
  readonly #actor: ActorContext;
  readonly #members: SessionMembers;

  constructor(connection: NatsConnection, options: NatsOptions, actor: ActorContext) {
    this.#connection = connection;
    this.#options = options;
    this.#actor = actor;
    this.#members = new SessionMembers(() => closeConnection(connection));
  }

  async producer({ deployed }: ProducerSpec, sink: ProducerSink): Promise<Producer> {
    const options = this.#options;
    const producer =
      options.system === 'core'
        ? new CoreProducer(this.#connection, deployed, sink)
        : new JetStreamProducer(this.#connection, options, deployed, sink, this.#actor);
    return this.#members.keep(producer);
  }

  async consumer(spec: ConsumerSpec, sink: ConsumerSink): Promise<Consumer> {
    const { topology } = spec.deployed;
    const { subscription, destination } = subscribed(topology, spec.subscription);
    if (spec.start.at !== 'earliest') {
      throw new AckmarkError('USAGE', `a durable consumer has no start at ${spec.start.at}`, {
        hint: 'It hands out what it has not handed out yet: start at the earliest.',
      });
    }
    const group = consumerOf(subscription);
    const options = this.#options;
    const consumer =
      options.system === 'core'
        ? await CoreConsumer.open(this.#connection, subjectsOf(destination), group, sink)
        : new JetStreamConsumer(
            this.#connection,
            options,
            { stream: streamOf(destination), consumer: group, scope: subscription.destination },
            sink,
            this.#actor,
          );
    return this.#members.keep(consumer);
  }

  close(): Promise<void> {
    return this.#members.close();
  }
}
