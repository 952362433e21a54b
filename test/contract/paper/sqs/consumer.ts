import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type {
  ActorContext,
  Consumer,
  ConsumerSink,
  ConsumerSpec,
  Delivery,
  Settlement,
  Traits,
} from '../../../../engines/engine.ts';
import { maySettle } from '../../../../engines/contract/contract.ts';
import { queueOf } from './administration.ts';
import { code, type SqsOptions } from './engine.ts';
import { placeOf } from './place.ts';
import { isRefusal } from './producer.ts';

const receiveMost = 10;
const pollSeconds = 1;
const retryPauseMs = 50;

export class SqsConsumer implements Consumer {
  readonly #client: SQSClient;
  readonly #options: SqsOptions;
  readonly #traits: Traits;
  readonly #sink: ConsumerSink;
  readonly #actor: ActorContext;
  readonly #url: string;
  readonly #stop = new AbortController();
  readonly #unsettled = new Set<Delivery>();
  readonly #settling = new Set<Promise<void>>();
  #permits = 0;
  #polling: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  constructor(
    client: SQSClient,
    options: SqsOptions,
    traits: Traits,
    { deployed, subscription }: ConsumerSpec,
    sink: ConsumerSink,
    actor: ActorContext,
  ) {
    this.#client = client;
    this.#options = options;
    this.#traits = traits;
    this.#sink = sink;
    this.#actor = actor;
    const destination = deployed.topology.subscriptions[subscription]?.destination ?? -1;
    this.#url = queueOf(deployed, destination);
    actor.signal.addEventListener('abort', () => this.#stop.abort(), { once: true });
  }

  request(permits: number): void {
    this.#permits += permits;
    this.#polling ??= this.#poll().finally(() => {
      this.#polling = undefined;
    });
  }

  settle(ticket: number, of: readonly Delivery[], how: Settlement): void {
    if (!maySettle(this.#traits, how.how)) throw new Error(`SQS cannot ${how.how} a message`);
    if (how.how !== 'extend') for (const delivery of of) this.#unsettled.delete(delivery);
    const work = this.#settleBatch(ticket, of, how);
    this.#settling.add(work);
    void work.finally(() => this.#settling.delete(work));
  }

  close(): Promise<void> {
    this.#closing ??= this.#leave();
    return this.#closing;
  }

  async #leave(): Promise<void> {
    this.#stop.abort();
    await this.#polling;
    await Promise.all(this.#settling);
    const left = [...this.#unsettled];
    this.#unsettled.clear();
    for (let from = 0; from < left.length; from += receiveMost) {
      await this.#changeVisibility(left.slice(from, from + receiveMost), 0);
    }
  }

  async #poll(): Promise<void> {
    while (this.#permits > 0 && !this.#stop.signal.aborted) {
      const requestedNs = this.#actor.nowNs();
      const messages = await this.#receive();
      if (messages.length === 0) continue;
      this.#permits -= messages.length;
      const deliveries = messages.map((message) => this.#delivery(message, requestedNs));
      for (const delivery of deliveries) this.#unsettled.add(delivery);
      this.#sink.deliver(deliveries);
    }
  }

  async #receive(): Promise<readonly Message[]> {
    const command = new ReceiveMessageCommand({
      QueueUrl: this.#url,
      MaxNumberOfMessages: Math.min(receiveMost, this.#permits),
      WaitTimeSeconds: pollSeconds,
      MessageSystemAttributeNames: ['All'],
      MessageAttributeNames: ['All'],
    });
    try {
      // Not aborted on close: a cut receive would lease messages to nobody until they time out.
      const { Messages = [] } = await this.#client.send(command);
      return Messages;
    } catch (error) {
      if (isRefusal(error)) {
        this.#stop.abort();
        this.#sink.disconnected(error);
      } else {
        await new Promise((resolve) => setTimeout(resolve, retryPauseMs));
      }
      return [];
    }
  }

  #delivery(message: Message, requestedNs: number): Delivery {
    const attempt = Number(message.Attributes?.ApproximateReceiveCount ?? 1);
    const headers = Object.entries(message.MessageAttributes ?? {});
    const placed = this.#traits.capabilities.has('places');
    return {
      body: Buffer.from(message.Body ?? '', 'base64'),
      key: undefined,
      place: placed ? placeOf(message.Attributes?.SequenceNumber) : undefined,
      attempt,
      redelivered: attempt > 1,
      requestedNs,
      leaseMs: this.#options.visibilitySeconds * 1_000,
      headers: Object.fromEntries(headers.map(([name, value]) => [name, value.StringValue ?? ''])),
      token: message.ReceiptHandle,
    };
  }

  async #settleBatch(ticket: number, of: readonly Delivery[], how: Settlement): Promise<void> {
    const failed = await (how.how === 'acknowledge'
      ? this.#delete(of)
      : this.#changeVisibility(of, how.how === 'extend' ? Math.ceil(how.leaseMs / 1_000) : 0));
    for (const index of of.keys()) {
      const outcome = failed === 'unknown' ? 'unknown' : failed.has(index) ? 'fail' : 'ok';
      const number = { ok: code.ok, fail: code.senderFault, unknown: code.noAnswer }[outcome];
      this.#sink.settled(ticket, index, outcome, number);
    }
  }

  async #delete(of: readonly Delivery[]): Promise<ReadonlySet<number> | 'unknown'> {
    const Entries = of.map(({ token }, index) => ({
      Id: `${index}`,
      ReceiptHandle: String(token),
    }));
    const command = new DeleteMessageBatchCommand({ QueueUrl: this.#url, Entries });
    return this.#client.send(command).then(({ Failed }) => indices(Failed), whenFailed);
  }

  async #changeVisibility(
    of: readonly Delivery[],
    seconds: number,
  ): Promise<ReadonlySet<number> | 'unknown'> {
    const Entries = of.map(({ token }, index) => ({
      Id: `${index}`,
      ReceiptHandle: String(token),
      VisibilityTimeout: seconds,
    }));
    const command = new ChangeMessageVisibilityBatchCommand({ QueueUrl: this.#url, Entries });
    return this.#client.send(command).then(({ Failed }) => indices(Failed), whenFailed);
  }
}

const whenFailed = (): 'unknown' => 'unknown';

const indices = (failed: readonly { Id?: string | undefined }[] | undefined): ReadonlySet<number> =>
  new Set((failed ?? []).map(({ Id }) => Number(Id)));
