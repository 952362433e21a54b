import { type Message, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { invariant } from '../../harness/core/errors.ts';
import { atMost } from '../at-most.ts';
import { onlyRefusedBefore } from '../aws/attempt-ends.ts';
import { failureOf } from '../aws/call-failures.ts';
import { AwsCode } from '../aws/outcomes.ts';
import type { ActorContext, Consumer, ConsumerSink, Delivery, Settlement } from '../engine.ts';
import type { Content } from './messages.ts';
import type { SqsOptions } from './options.ts';
import { Settlements } from './settlements.ts';
import { batchMost } from './traits.ts';

/** Before a receive is tried again that failed. */
const failedPauseMs = 100;
/** How long the last settlements may take. */
const farewellMs = 2_000;

/** The queue that is read, and what its messages hold. */
export interface QueueSource {
  readonly url: string;
  contentOf(message: Message): Content;
}

/**
 * Receives with long polls, several at once while there are messages, and never more than it has permits for. A poll
 * is not cut at the end: what it brings would be hidden from everybody until its lease is over, so that it is given
 * back, with all that was not settled. One that fails is tried again: receipts outlive connections.
 */
export class SqsConsumer implements Consumer {
  readonly #client: SQSClient;
  readonly #options: SqsOptions;
  readonly #sink: ConsumerSink;
  readonly #actor: ActorContext;
  readonly #source: QueueSource;
  readonly #settlements: Settlements;
  readonly #held = new Set<string>();
  readonly #receiving = new Set<Promise<void>>();
  readonly #stopped = Promise.withResolvers<void>();
  #permits = 0;
  /** Of a poll that found nothing: one more waits, not several. */
  #isEmpty = false;
  #isLost = false;
  #closing: Promise<void> | undefined;

  constructor(
    client: SQSClient,
    options: SqsOptions,
    source: QueueSource,
    sink: ConsumerSink,
    actor: ActorContext,
  ) {
    this.#client = client;
    this.#options = options;
    this.#sink = sink;
    this.#actor = actor;
    this.#source = source;
    this.#settlements = new Settlements(client, source.url, sink);
  }

  request(permits: number): void {
    this.#permits += permits;
    this.#pump();
  }

  settle(ticket: number, of: readonly Delivery[], how: Settlement): void {
    invariant(how.how !== 'reject', 'sqs does not declare the capability reject');
    const receipts = of.map(({ token }) => String(token));
    if (how.how !== 'extend') for (const receipt of receipts) this.#held.delete(receipt);
    this.#settlements.settle(ticket, receipts, how);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#stopped.resolve();
    const { receiveWaitSeconds, answerTimeoutMs } = this.#options;
    await atMost(Promise.all(this.#receiving), receiveWaitSeconds * 1_000 + answerTimeoutMs);
    if (!this.#isLost) await atMost(this.#settlements.giveBack([...this.#held]), farewellMs);
    await atMost(this.#settlements.answeredAll(), farewellMs);
    this.#settlements.end();
    this.#held.clear();
  }

  /** Permits of an open receive are set aside until it is answered. */
  #pump(): void {
    const { receivesAtOnce } = this.#options;
    while (!this.#isOver && this.#permits > 0 && this.#receiving.size < receivesAtOnce) {
      if (this.#isEmpty && this.#receiving.size > 0) return;
      const most = Math.min(batchMost, this.#permits);
      this.#permits -= most;
      const receive = this.#receive(most).then(() => {
        this.#receiving.delete(receive);
        this.#pump();
      });
      this.#receiving.add(receive);
    }
  }

  async #receive(most: number): Promise<void> {
    const requestedNs = this.#actor.nowNs();
    const messages = await this.#ask(most);
    this.#permits += most - messages.length;
    this.#isEmpty = messages.length === 0;
    for (const { ReceiptHandle } of messages) this.#held.add(String(ReceiptHandle));
    if (messages.length === 0 || this.#isOver) return;
    this.#sink.deliver(messages.map((message) => this.#delivery(message, requestedNs)));
  }

  async #ask(most: number): Promise<readonly Message[]> {
    const { receiveWaitSeconds, answerTimeoutMs } = this.#options;
    const command = new ReceiveMessageCommand({
      QueueUrl: this.#source.url,
      MaxNumberOfMessages: most,
      WaitTimeSeconds: receiveWaitSeconds,
      MessageSystemAttributeNames: ['All'],
      MessageAttributeNames: ['All'],
    });
    const requestTimeout = receiveWaitSeconds * 1_000 + answerTimeoutMs;
    try {
      const { Messages = [] } = await this.#client.send(command, { requestTimeout });
      return Messages;
    } catch (error) {
      await this.#failed(error);
      return [];
    }
  }

  /** Whatever refuses a receive (a queue that is gone, above all) refuses the next one, too; a throttle does not. */
  async #failed(error: unknown): Promise<void> {
    const { code, isOfConnection } = failureOf(error, onlyRefusedBefore(error));
    if (this.#isOver) return;
    if (code === AwsCode.callRefused || (code === AwsCode.refusedLater && !isOfConnection)) {
      this.#isLost = true;
      await this.#settlements.answeredAll();
      if (!this.#isClosing) this.#sink.disconnected(error);
      return;
    }
    await atMost(this.#stopped.promise, failedPauseMs);
  }

  #delivery(message: Message, requestedNs: number): Delivery {
    return {
      ...this.#source.contentOf(message),
      key: undefined,
      place: undefined,
      requestedNs,
      leaseMs: this.#options.visibilitySeconds * 1_000,
      token: String(message.ReceiptHandle),
    };
  }

  get #isOver(): boolean {
    return this.#isLost || this.#isClosing;
  }

  get #isClosing(): boolean {
    return this.#closing !== undefined;
  }
}
