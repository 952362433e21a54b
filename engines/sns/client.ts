import { GetTopicAttributesCommand, SNSClient } from '@aws-sdk/client-sns';
import type { Message, SQSClient } from '@aws-sdk/client-sqs';
import { invariant } from '../../harness/core/errors.ts';
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
import { readFromEarliest } from '../from-earliest.ts';
import { SessionMembers } from '../session-members.ts';
import { askFor, sqsClient } from '../sqs/client.ts';
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
  readonly #members: SessionMembers;

  constructor(target: Target, options: SnsOptions, actor: ActorContext) {
    this.#topics = snsClient(target, options);
    this.#queues = sqsClient(target, options);
    this.#target = target;
    this.#options = options;
    this.#actor = actor;
    this.#members = new SessionMembers(() => {
      this.#topics.destroy();
      this.#queues.destroy();
    });
  }

  async producer({ deployed }: ProducerSpec, sink: ProducerSink): Promise<Producer> {
    const [TopicArn] = madeOf(deployed).topics;
    invariant(TopicArn !== undefined, 'a deployment has a destination');
    const asked = new GetTopicAttributesCommand({ TopicArn });
    const abortSignal = this.#actor.signal;
    await reach(this.#target, 'find a topic', this.#topics.send(asked, { abortSignal }));
    const producer = snsProducer(this.#topics, this.#options, deployed, sink, this.#actor);
    return this.#members.keep(producer);
  }

  async consumer(spec: ConsumerSpec, sink: ConsumerSink): Promise<Consumer> {
    readFromEarliest(spec);
    const { deployed, subscription } = spec;
    const QueueUrl = queueOf(deployed, subscription);
    await reach(this.#target, 'find a queue', askFor(this.#queues, QueueUrl, this.#actor));
    const source = {
      url: QueueUrl,
      contentOf: (message: Message) => publishedIn(message, this.#options),
    };
    const consumer = new SqsConsumer(this.#queues, this.#options, source, sink, this.#actor);
    return this.#members.keep(consumer);
  }

  close(): Promise<void> {
    return this.#members.close();
  }
}
