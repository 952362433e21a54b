import {
  CreateTopicCommand,
  DeleteTopicCommand,
  type SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import {
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  SetQueueAttributesCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { cannotUse } from '../aws/access.ts';
import type { Administration, Backlog, Deployed, Target, Topology } from '../engine.ts';
import { createQueue, depthOf } from '../sqs/administration.ts';
import { sqsClient } from '../sqs/client.ts';
import { queueName } from '../sqs/queues.ts';
import { refuseUndeclared } from '../topology-needs.ts';
import { snsClient } from './client.ts';
import type { SnsOptions } from './options.ts';
import { lettingIn } from './policy.ts';
import { madeOf, queueOf, settingsOf } from './topics.ts';
import { traits } from './traits.ts';

export async function administer(target: Target, options: SnsOptions): Promise<Administration> {
  return new SnsAdministration(target, options);
}

class SnsAdministration implements Administration {
  readonly #target: Target;
  readonly #options: SnsOptions;
  readonly #topics: SNSClient;
  readonly #queues: SQSClient;

  constructor(target: Target, options: SnsOptions) {
    this.#target = target;
    this.#options = options;
    this.#topics = snsClient(target, options);
    this.#queues = sqsClient(target, options);
  }

  async apply(topology: Topology): Promise<Deployed> {
    refuseUndeclared(topology, traits(this.#options).capabilities);
    const topics: string[] = [];
    const queues: string[] = [];
    try {
      for (const { name } of topology.destinations) topics.push(await this.#createTopic(name));
      for (const { name, destination } of topology.subscriptions) {
        const url = await createQueue(this.#queues, name, this.#options);
        queues.push(url);
        await this.#subscribe(topics[destination] ?? '', url);
      }
    } catch (cause) {
      // Nobody else knows of what was created by then; why not all of it was is what the caller must hear.
      await this.#delete(topics, queues).catch(() => undefined);
      throw cannotUse(this.#target, 'create topics and queues', cause);
    }
    const destinations = topology.destinations.map((spec) => ({ ...spec, scopes: 1 }));
    return {
      topology: { ...topology, destinations },
      effective: this.#effective(),
      settings: settingsOf({ topics, queues }),
    };
  }

  /** Of the queue alone: what stands for SNS here has handed out a message when it answers its publish. */
  async backlog(deployed: Deployed, subscription: number): Promise<Backlog> {
    try {
      return {
        by: 'exact-depth',
        ...(await depthOf(this.#queues, queueOf(deployed, subscription))),
      };
    } catch (cause) {
      throw cannotUse(this.#target, 'tell the backlog', cause);
    }
  }

  async remove(deployed: Deployed): Promise<void> {
    const { topics, queues } = madeOf(deployed);
    try {
      await this.#delete(topics, queues);
    } catch (cause) {
      throw cannotUse(this.#target, 'remove topics and queues', cause);
    }
  }

  async close(): Promise<void> {
    this.#topics.destroy();
    this.#queues.destroy();
  }

  async #createTopic(name: string): Promise<string> {
    const { kind } = this.#options;
    const { TopicArn } = await this.#topics.send(
      new CreateTopicCommand({
        Name: queueName(name, kind),
        Attributes: kind === 'fifo' ? { FifoTopic: 'true' } : {},
      }),
    );
    if (TopicArn === undefined) throw new Error(`${name} was created without an ARN`);
    return TopicArn;
  }

  async #subscribe(TopicArn: string, QueueUrl: string): Promise<void> {
    const { Attributes = {} } = await this.#queues.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
    );
    const { QueueArn = '' } = Attributes;
    const Policy = JSON.stringify(lettingIn(TopicArn, QueueArn));
    await this.#queues.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
    await this.#topics.send(
      new SubscribeCommand({
        TopicArn,
        Protocol: 'sqs',
        Endpoint: QueueArn,
        Attributes: { RawMessageDelivery: String(this.#options.delivery === 'raw') },
      }),
    );
  }

  /** Subscriptions go with their topic. */
  async #delete(topics: readonly string[], queues: readonly string[]): Promise<void> {
    for (const TopicArn of topics) await this.#topics.send(new DeleteTopicCommand({ TopicArn }));
    for (const QueueUrl of queues) await this.#queues.send(new DeleteQueueCommand({ QueueUrl }));
  }

  #effective(): readonly string[] {
    const { kind, delivery, visibilitySeconds, attempts } = this.#options;
    return [
      `target: ${this.#target.title}`,
      `${kind === 'fifo' ? 'FIFO' : 'standard'} topics and queues, ${delivery} delivery`,
      `visibility timeout: ${visibilitySeconds} s`,
      `client: AWS SDK v3, ${attempts === 1 ? 'one attempt' : `${attempts} attempts`} a call`,
    ];
  }
}
