import {
  CreateQueueCommand,
  type CreateQueueCommandInput,
  DeleteMessageCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
  SendMessageCommand,
  type SendMessageCommandInput,
  type SendMessageCommandOutput,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { clientSettings } from '../../aws/service-client.ts';
import { established } from '../../aws/fidelity/answers.ts';
import type { ClauseAnswer, FidelityClause, Occasion } from '../../fidelity.ts';

/** Longer than any poll here. */
const answerTimeoutMs = 15_000;

type Attributes = CreateQueueCommandInput['Attributes'];
type SendMore = Omit<SendMessageCommandInput, 'QueueUrl' | 'MessageBody'>;
type ReceiveMore = Omit<ReceiveMessageCommandInput, 'QueueUrl'>;

/**
 * What probes of queues speak through: the client that users use, with one attempt a call. Its methods establish what a
 * clause needs and throw where the target does not go along; the call that a clause is about goes through `answered`.
 */
export class QueueKit {
  readonly client: SQSClient;
  readonly occasion: Occasion;
  readonly #made: string[] = [];
  #names = 0;

  constructor(occasion: Occasion) {
    this.occasion = occasion;
    this.client = new SQSClient({
      ...clientSettings(occasion.target, { attempts: 1, answerTimeoutMs }),
      useQueueUrlAsEndpoint: false,
    });
  }

  nextName(): string {
    this.#names += 1;
    return `${this.occasion.name}-${this.#names}`;
  }

  /** @returns its URL */
  async queue(Attributes: Attributes = {}): Promise<string> {
    const QueueName =
      Attributes['FifoQueue'] === 'true' ? `${this.nextName()}.fifo` : this.nextName();
    const { QueueUrl } = await this.client.send(new CreateQueueCommand({ QueueName, Attributes }));
    established(QueueUrl !== undefined, 'a queue with a URL');
    this.#made.push(QueueUrl);
    return QueueUrl;
  }

  fifo(more: Attributes = {}): Promise<string> {
    return this.queue({ FifoQueue: 'true', ...more });
  }

  /** So that a queue which a probe made by itself is removed, too. */
  remember(QueueUrl: string | undefined): void {
    if (QueueUrl !== undefined) this.#made.push(QueueUrl);
  }

  async attributes(QueueUrl: string): Promise<Readonly<Record<string, string>>> {
    const { Attributes = {} } = await this.client.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
    );
    return Attributes;
  }

  send(
    QueueUrl: string,
    MessageBody: string,
    more: SendMore = {},
  ): Promise<SendMessageCommandOutput> {
    return this.client.send(new SendMessageCommand({ QueueUrl, MessageBody, ...more }));
  }

  /** To a FIFO queue. */
  sendTo(
    QueueUrl: string,
    MessageGroupId: string,
    body: string,
    MessageDeduplicationId = `${MessageGroupId}-${body}`,
  ): Promise<SendMessageCommandOutput> {
    return this.send(QueueUrl, body, { MessageGroupId, MessageDeduplicationId });
  }

  /** One receive, which waits a second for the first message unless it is told otherwise. */
  async receive(QueueUrl: string, more: ReceiveMore = {}): Promise<readonly Message[]> {
    const { Messages = [] } = await this.client.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: 10,
        WaitTimeSeconds: 1,
        MessageSystemAttributeNames: ['All'],
        MessageAttributeNames: ['All'],
        ...more,
      }),
    );
    return Messages;
  }

  /** One message that has to be there. */
  async first(QueueUrl: string, more: ReceiveMore = {}): Promise<Message> {
    const [message] = await this.receive(QueueUrl, { WaitTimeSeconds: 5, ...more });
    established(message !== undefined, 'a message that was sent is received');
    return message;
  }

  /** Receives until there are so many, or the time is over. */
  async collect(
    QueueUrl: string,
    count: number,
    withinMs: number,
    more: ReceiveMore = {},
  ): Promise<readonly Message[]> {
    const until = this.occasion.nowMs() + withinMs;
    const all: Message[] = [];
    while (all.length < count && this.occasion.nowMs() < until) {
      all.push(...(await this.receive(QueueUrl, more)));
    }
    return all;
  }

  /**
   * Receives and deletes until there are so many and nothing more comes, or the time is over: what is asked of a
   * group's messages does not depend on how many of them one receive brings.
   */
  async drain(QueueUrl: string, count: number, withinMs: number): Promise<readonly Message[]> {
    const until = this.occasion.nowMs() + withinMs;
    const all: Message[] = [];
    for (;;) {
      const messages = await this.receive(QueueUrl);
      all.push(...messages);
      for (const { ReceiptHandle } of messages) {
        await this.client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      }
      const isWhole = messages.length === 0 && all.length >= count;
      if (isWhole || this.occasion.nowMs() > until) return all;
    }
  }

  /** What cannot be removed stays: the clause has its answer by then. */
  async close(): Promise<void> {
    for (const QueueUrl of this.#made) {
      await this.client.send(new DeleteQueueCommand({ QueueUrl })).catch(() => undefined);
    }
    this.client.destroy();
  }
}

export const guide = 'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide';
export const reference = 'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference';

export const bodiesOf = (messages: readonly Message[]): string =>
  messages.length === 0 ? 'nothing' : messages.map(({ Body = '' }) => Body).join(', ');

export type QueueClause = Omit<FidelityClause, 'probe' | 'manner' | 'takes' | 'group'> & {
  readonly manner?: FidelityClause['manner'];
  readonly takes?: FidelityClause['takes'];
  readonly ask: (kit: QueueKit) => Promise<ClauseAnswer>;
};

/** The clauses of one group. */
export function queueClauses(
  group: string,
  clauses: readonly QueueClause[],
): readonly FidelityClause[] {
  return clauses.map(({ ask, manner = 'beside-others', takes = 'seconds', ...clause }) => ({
    ...clause,
    group,
    manner,
    takes,
    probe: async (occasion) => {
      const kit = new QueueKit(occasion);
      try {
        return await ask(kit);
      } finally {
        await kit.close();
      }
    },
  }));
}
