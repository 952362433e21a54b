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
import { KafkaConsumer } from './consumer.ts';
import type { KafkaOptions } from './options.ts';
import { KafkaProducer } from './producer.ts';

/** How long opening a producer or a consumer may take before the harness is told to try again. */
const openMs = 15_000;

/** Connects lazily: the producer and the consumer open their own sockets. */
export function connect(
  target: Target,
  options: KafkaOptions,
  actor: ActorContext,
): Promise<Session> {
  return Promise.resolve(new KafkaSession(target, options, actor));
}

class KafkaSession implements Session {
  readonly #target: Target;
  readonly #options: KafkaOptions;
  readonly #actor: ActorContext;
  readonly #members: { close(): Promise<void> }[] = [];

  constructor(target: Target, options: KafkaOptions, actor: ActorContext) {
    this.#target = target;
    this.#options = options;
    this.#actor = actor;
  }

  async producer(spec: ProducerSpec, sink: ProducerSink): Promise<Producer> {
    const producer = new KafkaProducer(this.#target, this.#options, this.#actor, spec, sink);
    this.#members.push(producer);
    await producer.open(this.#target, openMs);
    return producer;
  }

  async consumer(spec: ConsumerSpec, sink: ConsumerSink): Promise<Consumer> {
    const consumer = new KafkaConsumer(this.#target, this.#options, this.#actor, spec, sink);
    this.#members.push(consumer);
    await consumer.open(this.#target, openMs);
    return consumer;
  }

  async close(): Promise<void> {
    await Promise.all(this.#members.map((member) => member.close()));
  }
}
