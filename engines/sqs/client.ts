import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
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
import { SqsConsumer } from './consumer.ts';
import { contentOf } from './messages.ts';
import type { SqsOptions } from './options.ts';
import { sqsProducer } from './producer.ts';
import { queueReadBy, queueUrlsOf } from './queues.ts';

/** Sends to the target's own address, and not to the host in a queue's URL, which may be nobody's here. */
export function sqsClient(target: Target, options: SqsOptions): SQSClient {
  return new SQSClient({ ...clientSettings(target, options), useQueueUrlAsEndpoint: false });
}

export async function connectSession(
  target: Target,
  options: SqsOptions,
  actor: ActorContext,
): Promise<Session> {
  return new SqsSession(sqsClient(target, options), target, options, actor);
}

class SqsSession implements Session {
  readonly #client: SQSClient;
  readonly #target: Target;
  readonly #options: SqsOptions;
  readonly #actor: ActorContext;
  readonly #members: (Producer | Consumer)[] = [];
  #closing: Promise<void> | undefined;

  constructor(client: SQSClient, target: Target, options: SqsOptions, actor: ActorContext) {
    this.#client = client;
    this.#target = target;
    this.#options = options;
    this.#actor = actor;
  }

  async producer({ deployed }: ProducerSpec, sink: ProducerSink): Promise<Producer> {
    const [first] = queueUrlsOf(deployed);
    invariant(first !== undefined, 'a deployment has a destination');
    await this.#reach(first);
    const producer = sqsProducer(this.#client, this.#options, deployed, sink, this.#actor);
    this.#members.push(producer);
    return producer;
  }

  async consumer(spec: ConsumerSpec, sink: ConsumerSink): Promise<Consumer> {
    if (spec.start.at !== 'earliest') {
      throw new AckmarkError('USAGE', `a queue cannot be read from ${spec.start.at}`, {
        hint: 'A queue hands out what it holds: start at the earliest.',
      });
    }
    const source = { url: queueReadBy(spec.deployed, spec.subscription), contentOf };
    await this.#reach(source.url);
    const consumer = new SqsConsumer(this.#client, this.#options, source, sink, this.#actor);
    this.#members.push(consumer);
    return consumer;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await Promise.all(this.#members.map((member) => member.close()));
    this.#client.destroy();
  }

  /** HTTP has no connection that could fail to open: a call says whether somebody is there. */
  async #reach(QueueUrl: string): Promise<void> {
    const { signal } = this.#actor;
    const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] });
    try {
      await this.#client.send(command, { abortSignal: signal });
    } catch (cause) {
      throw cannotUse(this.#target, 'find a queue', cause);
    }
  }
}
