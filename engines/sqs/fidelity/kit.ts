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
import { established } from '../../aws/fidelity/answers.ts';
import { clausesWith } from '../../aws/fidelity/clauses-with.ts';
import { Lateness, tooSlow } from '../../aws/fidelity/lateness.ts';
import { probeClients } from '../../aws/fidelity/probe-clients.ts';
import type { Occasion } from '../../fidelity.ts';

type Attributes = CreateQueueCommandInput['Attributes'];
type SendMore = Omit<SendMessageCommandInput, 'QueueUrl' | 'MessageBody'>;
type ReceiveMore = Omit<ReceiveMessageCommandInput, 'QueueUrl'>;

/**
 * What probes of queues speak through: the client that users use, with one attempt a call. Its methods establish what a
 * clause needs and throw where the target does not go along; the call that a clause is about goes through `answered`.
 */
export class QueueKit {
  readonly client: SQSClient;
  readonly #removing: SQSClient;
  readonly occasion: Occasion;
  readonly lateness: Lateness;
  readonly #made: string[] = [];
  #names = 0;

  constructor(occasion: Occasion) {
    this.lateness = new Lateness(() => occasion.nowMs());
    this.occasion = {
      ...occasion,
      wait: (ms) => this.lateness.of(Math.max(0, ms), () => occasion.wait(ms)),
    };
    const { asking, removing } = probeClients(occasion);
    this.client = new SQSClient({ ...asking, useQueueUrlAsEndpoint: false });
    this.#removing = new SQSClient({ ...removing, useQueueUrlAsEndpoint: false });
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
    const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] });
    const { Attributes = {} } = await this.lateness.of(0, () => this.client.send(command));
    return Attributes;
  }

  send(
    QueueUrl: string,
    MessageBody: string,
    more: SendMore = {},
  ): Promise<SendMessageCommandOutput> {
    const command = new SendMessageCommand({ QueueUrl, MessageBody, ...more });
    return this.lateness.of(0, () => this.client.send(command));
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
    const { WaitTimeSeconds = 1 } = more;
    const command = new ReceiveMessageCommand({
      QueueUrl,
      MaxNumberOfMessages: 10,
      MessageSystemAttributeNames: ['All'],
      MessageAttributeNames: ['All'],
      ...more,
      WaitTimeSeconds,
    });
    const { Messages = [] } = await this.lateness.of(WaitTimeSeconds * 1_000, () =>
      this.client.send(command),
    );
    return Messages;
  }

  /** One message that has to be there. */
  async first(QueueUrl: string, more: ReceiveMore = {}): Promise<Message> {
    const [message] = await this.receive(QueueUrl, { WaitTimeSeconds: 5, ...more });
    established(message !== undefined, 'a message that was sent is received');
    return message;
  }

  /**
   * Receives until there are so many, or the time is over.
   * @throws where fewer came because the machine may have stalled: that is no evidence
   */
  async collect(
    QueueUrl: string,
    count: number,
    withinMs: number,
    more: ReceiveMore = {},
  ): Promise<readonly Message[]> {
    const hasStalled = this.lateness.watch();
    const until = this.occasion.nowMs() + withinMs;
    const all: Message[] = [];
    while (all.length < count && this.occasion.nowMs() < until) {
      all.push(...(await this.receive(QueueUrl, more)));
    }
    if (all.length < count && hasStalled()) throw new Error(tooSlow);
    return all;
  }

  /**
   * Receives and deletes until there are so many and nothing more comes, or the time is over: what is asked of a
   * group's messages does not depend on how many of them one receive brings.
   * @throws where fewer came because the machine may have stalled: that is no evidence
   */
  async drain(QueueUrl: string, count: number, withinMs: number): Promise<readonly Message[]> {
    const hasStalled = this.lateness.watch();
    const until = this.occasion.nowMs() + withinMs;
    const all: Message[] = [];
    for (;;) {
      const messages = await this.receive(QueueUrl);
      all.push(...messages);
      for (const { ReceiptHandle } of messages) {
        const command = new DeleteMessageCommand({ QueueUrl, ReceiptHandle });
        await this.lateness.of(0, () => this.client.send(command));
      }
      const isWhole = messages.length === 0 && all.length >= count;
      if (isWhole) return all;
      if (this.occasion.nowMs() <= until) continue;
      if (all.length < count && hasStalled()) throw new Error(tooSlow);
      return all;
    }
  }

  /** What cannot be removed stays: the clause has its answer by then. */
  async close(): Promise<void> {
    for (const QueueUrl of this.#made) {
      await this.#removing.send(new DeleteQueueCommand({ QueueUrl })).catch(() => undefined);
    }
    this.client.destroy();
    this.#removing.destroy();
  }
}

export const guide = 'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide';
export const reference = 'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference';

export const bodiesOf = (messages: readonly Message[]): string =>
  messages.length === 0 ? 'nothing' : messages.map(({ Body = '' }) => Body).join(', ');

/** The clauses of one group. */
export const queueClauses = clausesWith((occasion) => new QueueKit(occasion));
