import { GetTopicAttributesCommand, SNSClient } from '@aws-sdk/client-sns';
import { GetQueueAttributesCommand, type Message, type SQSClient } from '@aws-sdk/client-sqs';
import { AckmarkError, invariant } from '../../harness/core/errors.ts';
import { cannotUse } from '../aws/access.ts';
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
import { sqsClient } from '../sqs/client.ts';
import { SqsConsumer } from '../sqs/consumer.ts';
import { publishedIn } from './notification.ts';
import type { SnsOptions } from './options.ts';
import { snsProducer } from './producer.ts';
import { madeOf, queueOf } from './topics.ts';

export const snsClient = (target: Target, options: SnsOptions): SNSClient =>
  new SNSClient(clientSettings(target, options));

export async function connectSession(
  target: Target,
  options: SnsOptions,
  actor: ActorContext,
): Promise<Session> {
  return new SnsSession(target, options, actor);
}

/** Publishes to topics, and receives from the queues behind them. */
class SnsSession implements Session {
  readonly #topics: SNSClient;
  readonly #queues: SQSClient;
  readonly #target: Target;
  readonly #options: SnsOptions;
  readonly #actor: ActorContext;
  readonly #members: (Producer | Consumer)[] = [];
  #closing: Promise<void> | undefined;

  constructor(target: Target, options: SnsOptions, actor: ActorContext) {
    this.#topics = snsClient(target, options);
    this.#queues = sqsClient(target, options);
    this.#target = target;
    this.#options = options;
    this.#actor = actor;
  }

  async producer({ deployed }: ProducerSpec, sink: ProducerSink): Promise<Producer> {
    const [TopicArn] = madeOf(deployed).topics;
    invariant(TopicArn !== undefined, 'a deployment has a destination');
    await this.#reach('find a topic', (abortSignal) =>
      this.#topics.send(new GetTopicAttributesCommand({ TopicArn }), { abortSignal }),
    );
    const producer = snsProducer(this.#topics, this.#options, deployed, sink, this.#actor);
    this.#members.push(producer);
    return producer;
  }

  async consumer(spec: ConsumerSpec, sink: ConsumerSink): Promise<Consumer> {
    if (spec.start.at !== 'earliest') {
      throw new AckmarkError('USAGE', `a queue cannot be read from ${spec.start.at}`, {
        hint: 'A queue hands out what it holds: start at the earliest.',
      });
    }
    const { deployed, subscription } = spec;
    const QueueUrl = queueOf(deployed, subscription);
    await this.#reach('find a queue', (abortSignal) =>
      this.#queues.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }), {
        abortSignal,
      }),
    );
    const source = {
      url: QueueUrl,
      contentOf: (message: Message) => publishedIn(message, this.#options),
    };
    const consumer = new SqsConsumer(this.#queues, this.#options, source, sink, this.#actor);
    this.#members.push(consumer);
    return consumer;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await Promise.all(this.#members.map((member) => member.close()));
    this.#topics.destroy();
    this.#queues.destroy();
  }

  /** HTTP has no connection that could fail to open: a call says whether somebody is there. */
  async #reach(what: string, call: (abortSignal: AbortSignal) => Promise<unknown>): Promise<void> {
    try {
      await call(this.#actor.signal);
    } catch (cause) {
      throw cannotUse(this.#target, what, cause);
    }
  }
}
