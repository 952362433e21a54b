import { AckmarkError } from '../../harness/core/errors.ts';
import type { ConnectOptions } from '../embedded/client.ts';
import { connectOptions, Members } from '../embedded/members.ts';
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
import { readFromEarliest } from '../from-earliest.ts';
import { QueueConsumer } from './consumer.ts';
import type { QueueOptions } from './options.ts';
import { QueueProducer } from './producer.ts';
import { queueRead, sentTo } from './queues.ts';

/** Producer and consumer have a connection each, so a long poll does not wait behind batches. */
export class QueueSession implements Session {
  readonly #connect: ConnectOptions;
  readonly #options: QueueOptions;
  readonly #actor: ActorContext;
  readonly #members = new Members();

  constructor(target: Target, options: QueueOptions, actor: ActorContext) {
    this.#options = options;
    this.#actor = actor;
    this.#connect = connectOptions('queue', target, options.requestTimeoutMs, actor);
  }

  async producer(spec: ProducerSpec, sink: ProducerSink): Promise<Producer> {
    if (spec.transactionalId !== undefined) {
      throw new AckmarkError('USAGE', 'the embedded queue has no transactions', {
        hint: 'Leave transactionalId out.',
      });
    }
    const producer = new QueueProducer(sentTo(spec.deployed), this.#options, sink);
    await producer.open(this.#connect);
    return this.#members.keep(producer);
  }

  async consumer(spec: ConsumerSpec, sink: ConsumerSink): Promise<Consumer> {
    readFromEarliest(spec);
    const queue = queueRead(spec.deployed, spec.subscription);
    const consumer = new QueueConsumer(queue, this.#options, this.#actor, sink);
    await consumer.open(this.#connect);
    return this.#members.keep(consumer);
  }

  async close(): Promise<void> {
    this.#members.abandonAll();
  }
}
