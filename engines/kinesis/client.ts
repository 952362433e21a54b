import { DescribeStreamSummaryCommand, KinesisClient } from '@aws-sdk/client-kinesis';
import { AckmarkError, invariant } from '../../harness/core/errors.ts';
import { reach } from '../aws/access.ts';
import { clientSettings } from '../aws/service-client.ts';
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
import { KinesisConsumer } from './consumer.ts';
import type { KinesisOptions } from './options.ts';
import { kinesisProducer } from './producer.ts';
import { madeOf } from './shards.ts';

export const kinesisClient = (target: Target, options: KinesisOptions): KinesisClient =>
  new KinesisClient(clientSettings(target, options));

export async function connectSession(
  target: Target,
  options: KinesisOptions,
  actor: ActorContext,
): Promise<Session> {
  return new KinesisSession(target, options, actor);
}

class KinesisSession implements Session {
  readonly #client: KinesisClient;
  readonly #target: Target;
  readonly #options: KinesisOptions;
  readonly #actor: ActorContext;
  readonly #members: SessionMembers;

  constructor(target: Target, options: KinesisOptions, actor: ActorContext) {
    this.#client = kinesisClient(target, options);
    this.#target = target;
    this.#options = options;
    this.#actor = actor;
    this.#members = new SessionMembers(() => this.#client.destroy());
  }

  async producer({ deployed }: ProducerSpec, sink: ProducerSink): Promise<Producer> {
    const [first] = deployed.topology.destinations;
    invariant(first !== undefined, 'a deployment has a destination');
    await this.#reach(first.name);
    const producer = kinesisProducer(this.#client, this.#options, deployed, sink, this.#actor);
    return this.#members.keep(producer);
  }

  async consumer(spec: ConsumerSpec, sink: ConsumerSink): Promise<Consumer> {
    const { deployed, subscription } = spec;
    await this.#reach(subscribed(deployed.topology, subscription).destination.name);
    const consumer = this.#members.keep(
      new KinesisConsumer(this.#client, this.#options, this.#actor, spec, sink),
    );
    try {
      await consumer.open();
    } catch (cause) {
      const { leases } = madeOf(deployed);
      throw new AckmarkError('CONNECT_FAILED', `there is no table of leases at ${leases}`, {
        hint: 'It is there as long as the administration that made the streams.',
        cause,
      });
    }
    return consumer;
  }

  close(): Promise<void> {
    return this.#members.close();
  }

  #reach(StreamName: string): Promise<void> {
    const asked = new DescribeStreamSummaryCommand({ StreamName });
    const abortSignal = this.#actor.signal;
    return reach(this.#target, 'find a stream', this.#client.send(asked, { abortSignal }));
  }
}
