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
import { StreamConsumer } from './consumer.ts';
import type { Link } from './link.ts';
import type { RedisOptions } from './options.ts';
import { openPrimary } from './primary.ts';
import { StreamProducer } from './producer.ts';

/** Connects at once, so that an unreachable server is known before the actor starts. */
export async function connectSession(
  target: Target,
  options: RedisOptions,
  actor: ActorContext,
): Promise<Session> {
  const { name, signal } = actor;
  const spec = { name, signal, answerTimeoutMs: options.answerTimeoutMs };
  const open = async (): Promise<Link> => (await openPrimary(target, spec)).link;
  return new RedisSession(await open(), open, options, actor);
}

class RedisSession implements Session {
  readonly #link: Link;
  readonly #open: () => Promise<Link>;
  readonly #options: RedisOptions;
  readonly #actor: ActorContext;
  readonly #members: SessionMembers;

  /** @param open another connection, for reads that wait on the server */
  constructor(link: Link, open: () => Promise<Link>, options: RedisOptions, actor: ActorContext) {
    this.#link = link;
    this.#open = open;
    this.#options = options;
    this.#actor = actor;
    this.#members = new SessionMembers(() => link.end(new Error('the session was closed')));
  }

  async producer({ deployed }: ProducerSpec, sink: ProducerSink): Promise<Producer> {
    const producer = new StreamProducer(this.#link, this.#options, deployed, sink);
    return this.#members.keep(producer);
  }

  async consumer(spec: ConsumerSpec, sink: ConsumerSink): Promise<Consumer> {
    const { topology } = spec.deployed;
    const { subscription, destination } = subscribed(topology, spec.subscription);
    if (spec.start.at !== 'earliest') {
      throw new AckmarkError('USAGE', `a consumer group has no start at ${spec.start.at} here`, {
        hint: 'It hands out what it has not handed out yet: start at the earliest.',
      });
    }
    const consumer = await StreamConsumer.open(
      { reads: await this.#open(), writes: this.#link },
      this.#options,
      {
        stream: destination.name,
        scope: subscription.destination,
        group: subscription.name,
        consumer: this.#actor.name,
      },
      sink,
      this.#actor,
    );
    return this.#members.keep(consumer);
  }

  close(): Promise<void> {
    return this.#members.close();
  }
}
