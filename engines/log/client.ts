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
import { LogConsumer } from './consumer.ts';
import { FireAndForgetProducer } from './fire-and-forget.ts';
import type { LogOptions } from './options.ts';
import { AnsweredProducer } from './producer.ts';
import { Router, topicsOf } from './routing.ts';
import { ScopedConsumer, scopedSink, startIn } from './scoped.ts';

/**
 * Producer and consumer have a connection each: a long poll does not wait behind batches, and each comes
 * back on its own after a loss. The session itself holds none, so it needs no broker to be opened.
 */
export class LogSession implements Session {
  readonly #connect: ConnectOptions;
  readonly #options: LogOptions;
  readonly #actor: ActorContext;
  readonly #members = new Members();

  constructor(target: Target, options: LogOptions, actor: ActorContext) {
    this.#options = options;
    this.#actor = actor;
    this.#connect = connectOptions('log', target, options.requestTimeoutMs, actor);
  }

  async producer(spec: ProducerSpec, sink: ProducerSink): Promise<Producer> {
    const { transactionalId } = spec;
    if (transactionalId !== undefined && !this.#options.transactions) throw noTransactions();
    const topics = topicsOf(spec.deployed);
    const router = new Router(topics);
    const producer =
      this.#options.acks === 'none'
        ? new FireAndForgetProducer(this.#connect, this.#options, this.#actor, router, topics, sink)
        : new AnsweredProducer(
            this.#connect,
            this.#options,
            this.#actor,
            router,
            transactionalId,
            sink,
          );
    await producer.open();
    return this.#members.keep(producer);
  }

  async consumer(spec: ConsumerSpec, sink: ConsumerSink): Promise<Consumer> {
    const subscription = spec.deployed.topology.subscriptions[spec.subscription];
    const topic = topicsOf(spec.deployed)[subscription?.destination ?? -1];
    if (subscription === undefined || topic === undefined) {
      throw new AckmarkError('USAGE', `there is no subscription ${spec.subscription}`, {
        hint: 'Use what `apply` of this engine returned.',
      });
    }
    const { firstScope } = topic;
    const start = startIn(spec.start, firstScope);
    const instance = this.#options.staticMembers ? spec.instance : undefined;
    const consumer = new LogConsumer(
      this.#options,
      this.#actor,
      { group: subscription.name, topic: topic.id, start, instance },
      firstScope === 0 ? sink : scopedSink(sink, firstScope),
    );
    await consumer.open(this.#connect);
    this.#members.keep(consumer);
    return firstScope === 0 ? consumer : new ScopedConsumer(consumer, firstScope);
  }

  async close(): Promise<void> {
    this.#members.abandonAll();
  }
}

function noTransactions(): AckmarkError {
  return new AckmarkError('USAGE', 'this profile has no transactions', {
    hint: 'Choose one with transactions: true, or leave transactionalId out.',
  });
}
