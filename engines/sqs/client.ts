import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { invariant } from '../../harness/core/errors.ts';
import { reach } from '../aws/access.ts';
import { watchAttempts } from '../aws/attempt-ends.ts';
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
import { SqsConsumer } from './consumer.ts';
import { contentOf } from './messages.ts';
import type { SqsOptions } from './options.ts';
import { sqsProducer } from './producer.ts';
import { queueReadBy, queueUrlsOf } from './queues.ts';

/** Sends to the target's own address, and not to the host in a queue's URL, which may be nobody's here. */
export function sqsClient(target: Target, options: SqsOptions): SQSClient {
  const settings = { ...clientSettings(target, options), useQueueUrlAsEndpoint: false };
  const client = new SQSClient(settings);
  watchAttempts(client);
  return client;
}

/** Anything of a queue, for the sake of an answer. */
export const askFor = (
  client: SQSClient,
  QueueUrl: string,
  { signal }: ActorContext,
): Promise<unknown> =>
  client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }), {
    abortSignal: signal,
  });

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
  readonly #members: SessionMembers;

  constructor(client: SQSClient, target: Target, options: SqsOptions, actor: ActorContext) {
    this.#client = client;
    this.#target = target;
    this.#options = options;
    this.#actor = actor;
    this.#members = new SessionMembers(() => client.destroy());
  }

  async producer({ deployed }: ProducerSpec, sink: ProducerSink): Promise<Producer> {
    const [first] = queueUrlsOf(deployed);
    invariant(first !== undefined, 'a deployment has a destination');
    await this.#reach(first);
    const producer = sqsProducer(this.#client, this.#options, deployed, sink, this.#actor);
    return this.#members.keep(producer);
  }

  async consumer(spec: ConsumerSpec, sink: ConsumerSink): Promise<Consumer> {
    readFromEarliest(spec);
    const source = { url: queueReadBy(spec.deployed, spec.subscription), contentOf };
    await this.#reach(source.url);
    const consumer = new SqsConsumer(this.#client, this.#options, source, sink, this.#actor);
    return this.#members.keep(consumer);
  }

  close(): Promise<void> {
    return this.#members.close();
  }

  #reach(queueUrl: string): Promise<void> {
    return reach(this.#target, 'find a queue', askFor(this.#client, queueUrl, this.#actor));
  }
}
