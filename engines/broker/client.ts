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
import { BrokerConsumer } from './consumer.ts';
import { exchangesOf, queueOf } from './deployment.ts';
import type { BrokerOptions } from './options.ts';
import { BrokerProducer } from './producer.ts';

/** Producer and consumer have a connection each, so acknowledgements do not wait behind batches. */
export class BrokerSession implements Session {
  readonly #connect: ConnectOptions;
  readonly #options: BrokerOptions;
  readonly #members = new Members();

  constructor(target: Target, options: BrokerOptions, actor: ActorContext) {
    this.#options = options;
    this.#connect = connectOptions('broker', target, options.requestTimeoutMs, actor);
  }

  async producer(spec: ProducerSpec, sink: ProducerSink): Promise<Producer> {
    if (spec.transactionalId !== undefined) {
      throw new AckmarkError('USAGE', 'the embedded broker has no transactions', {
        hint: 'Leave transactionalId out.',
      });
    }
    const producer = new BrokerProducer(exchangesOf(spec.deployed), this.#options, sink);
    await producer.open(this.#connect);
    return this.#members.keep(producer);
  }

  async consumer(spec: ConsumerSpec, sink: ConsumerSink): Promise<Consumer> {
    readFromEarliest(spec);
    const queue = queueOf(spec.deployed, spec.subscription);
    const consumer = new BrokerConsumer(queue, this.#options, sink);
    await consumer.open(this.#connect);
    return this.#members.keep(consumer);
  }

  async close(): Promise<void> {
    this.#members.abandonAll();
  }
}
