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
import { cannotConnect, notDone } from './access.ts';
import { addressOf } from './address.ts';
import { PulsarConnection } from './connection.ts';
import { PulsarConsumer } from './consumer.ts';
import type { PulsarOptions } from './options.ts';
import { PulsarProducer } from './producer.ts';
import { topicOf } from './topics.ts';

/** Connects at once, so that an unreachable broker is known before the actor starts. */
export async function connectSession(
  target: Target,
  options: PulsarOptions,
  actor: ActorContext,
): Promise<Session> {
  const connection = await openConnection(target, actor);
  return new PulsarSession(target, connection, options, actor);
}

async function openConnection(target: Target, actor: ActorContext): Promise<PulsarConnection> {
  const { broker: at } = addressOf(target);
  try {
    return await PulsarConnection.open({ at, name: actor.name, signal: actor.signal });
  } catch (cause) {
    throw cannotConnect(target, cause);
  }
}

class PulsarSession implements Session {
  readonly #target: Target;
  readonly #connection: PulsarConnection;
  readonly #options: PulsarOptions;
  readonly #actor: ActorContext;
  readonly #members: SessionMembers;

  constructor(
    target: Target,
    connection: PulsarConnection,
    options: PulsarOptions,
    actor: ActorContext,
  ) {
    this.#target = target;
    this.#connection = connection;
    this.#options = options;
    this.#actor = actor;
    this.#members = new SessionMembers(() => connection.close());
  }

  async producer({ deployed }: ProducerSpec, sink: ProducerSink): Promise<Producer> {
    const connect = (): Promise<PulsarConnection> => openConnection(this.#target, this.#actor);
    try {
      return this.#members.keep(
        await PulsarProducer.open(
          this.#connection,
          connect,
          this.#options,
          deployed,
          sink,
          this.#actor,
        ),
      );
    } catch (cause) {
      throw notDone(this.#target, 'take a producer', cause);
    }
  }

  async consumer(spec: ConsumerSpec, sink: ConsumerSink): Promise<Consumer> {
    const { subscription, destination } = subscribed(spec.deployed.topology, spec.subscription);
    if (spec.start.at !== 'earliest') {
      throw new AckmarkError('USAGE', `a durable subscription has no start at ${spec.start.at}`, {
        hint: 'It hands out what is not acknowledged yet: start at the earliest.',
      });
    }
    const of = {
      topic: topicOf(destination),
      subscription: subscription.name,
      scope: this.#options.resend === 'harness' ? subscription.destination : undefined,
    };
    try {
      return this.#members.keep(
        await PulsarConsumer.open(this.#connection, this.#options, of, sink, this.#actor),
      );
    } catch (cause) {
      throw notDone(this.#target, 'take a consumer', cause);
    }
  }

  close(): Promise<void> {
    return this.#members.close();
  }
}
