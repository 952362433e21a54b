import {
  CreateTopicCommand,
  type CreateTopicCommandInput,
  DeleteTopicCommand,
  PublishCommand,
  type PublishCommandInput,
  type PublishCommandOutput,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import { SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { established } from '../../aws/fidelity/answers.ts';
import { clausesWith } from '../../aws/fidelity/clauses-with.ts';
import { probeClients } from '../../aws/fidelity/probe-clients.ts';
import type { Occasion } from '../../fidelity.ts';
import { QueueKit } from '../../sqs/fidelity/kit.ts';
import { lettingIn } from '../policy.ts';

type PublishMore = Omit<PublishCommandInput, 'TopicArn' | 'Message'>;

export interface Subscription {
  readonly url: string;
  readonly queueArn: string;
  readonly arn: string;
}

/** What probes of topics speak through, with the queues that are subscribed to them. */
export class TopicKit {
  readonly client: SNSClient;
  readonly #removing: SNSClient;
  readonly queues: QueueKit;
  readonly #made: string[] = [];

  constructor(occasion: Occasion) {
    const { asking, removing } = probeClients(occasion);
    this.client = new SNSClient(asking);
    this.#removing = new SNSClient(removing);
    this.queues = new QueueKit(occasion);
  }

  get occasion(): Occasion {
    return this.queues.occasion;
  }

  /** @returns its ARN */
  async topic(Attributes: CreateTopicCommandInput['Attributes'] = {}): Promise<string> {
    const name = this.queues.nextName();
    const Name = Attributes['FifoTopic'] === 'true' ? `${name}.fifo` : name;
    const { TopicArn } = await this.client.send(new CreateTopicCommand({ Name, Attributes }));
    established(TopicArn !== undefined, 'a topic with an ARN');
    this.#made.push(TopicArn);
    return TopicArn;
  }

  fifo(more: Readonly<Record<string, string>> = {}): Promise<string> {
    return this.topic({ FifoTopic: 'true', ...more });
  }

  /** A new queue that the topic is let into, subscribed with these attributes; raw unless they say otherwise. */
  async subscribed(
    TopicArn: string,
    attributes: Readonly<Record<string, string>> = {},
    queue: Readonly<Record<string, string>> = {},
  ): Promise<Subscription> {
    const url = await this.queues.queue(queue);
    const { QueueArn = '' } = await this.queues.attributes(url);
    await this.letIn(url, QueueArn, TopicArn);
    const { SubscriptionArn } = await this.client.send(
      new SubscribeCommand({
        TopicArn,
        Protocol: 'sqs',
        Endpoint: QueueArn,
        ReturnSubscriptionArn: true,
        Attributes: { RawMessageDelivery: 'true', ...attributes },
      }),
    );
    established(SubscriptionArn !== undefined, 'a subscription with an ARN');
    return { url, queueArn: QueueArn, arn: SubscriptionArn };
  }

  async letIn(QueueUrl: string, queueArn: string, topicArn: string): Promise<void> {
    const Policy = JSON.stringify(lettingIn(topicArn, queueArn));
    await this.queues.client.send(
      new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }),
    );
  }

  publish(
    TopicArn: string,
    Message: string,
    more: PublishMore = {},
  ): Promise<PublishCommandOutput> {
    return this.client.send(new PublishCommand({ TopicArn, Message, ...more }));
  }

  /** What a queue has, and deletes: at least so many where they come, and what should not be there. */
  async bodies(url: string, count: number): Promise<readonly string[]> {
    const messages = await this.queues.drain(url, count, 4_000);
    return messages.map(({ Body = '' }) => Body);
  }

  async close(): Promise<void> {
    for (const TopicArn of this.#made) {
      await this.#removing.send(new DeleteTopicCommand({ TopicArn })).catch(() => undefined);
    }
    this.client.destroy();
    this.#removing.destroy();
    await this.queues.close();
  }
}

export const guide = 'https://docs.aws.amazon.com/sns/latest/dg';
export const reference = 'https://docs.aws.amazon.com/sns/latest/api';

export const listed = (bodies: readonly string[]): string => bodies.join(', ') || 'nothing';

/** The clauses of one group. */
export const topicClauses = clausesWith((occasion) => new TopicKit(occasion));
