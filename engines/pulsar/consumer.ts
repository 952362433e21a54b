import { invariant } from '../../harness/core/errors.ts';
import { Afterwards } from '../afterwards.ts';
import { atMost } from '../at-most.ts';
import type { ActorContext, Consumer, ConsumerSink, Delivery, Settlement } from '../engine.ts';
import { attachConsumer } from './attach.ts';
import type { PulsarConnection } from './connection.ts';
import { deliveryOf } from './deliveries.ts';
import type { PulsarOptions } from './options.ts';
import { PulsarCode } from './outcomes.ts';
import { SubscriptionType } from './protocol/messages.ts';
import { Settlements } from './settlements.ts';

/** How long the last settlements, and the goodbye, may wait for their answers. */
const farewellMs = 2_000;

const typeOf = {
  shared: SubscriptionType.shared,
  failover: SubscriptionType.failover,
  'key-shared': SubscriptionType.keyShared,
} as const satisfies Readonly<Record<PulsarOptions['subscription'], number>>;

export interface Subscribed {
  readonly topic: string;
  readonly subscription: string;
  /** Undefined where places are not told. */
  readonly scope: number | undefined;
}

/**
 * A member of a durable subscription. Permits go to the broker as they are asked for, and it sends no more messages than
 * that: nothing is fetched ahead. What is unsettled when the consumer leaves goes to others at once.
 */
export class PulsarConsumer implements Consumer {
  readonly #connection: PulsarConnection;
  readonly #scope: number | undefined;
  readonly #sink: ConsumerSink;
  /** Delivered and unsettled. */
  readonly #unsettled = new Set<unknown>();
  readonly #isCumulative: boolean;
  readonly #delivering = new Afterwards(() => this.#deliver());
  readonly #asking = new Afterwards(() => this.#ask());
  #settlements: Settlements | undefined;
  #consumerId = 0;
  #received: Delivery[] = [];
  #asked = 0;
  #loss: Error | undefined;
  #closing: Promise<void> | undefined;

  private constructor(
    connection: PulsarConnection,
    { subscription }: PulsarOptions,
    { scope }: Subscribed,
    sink: ConsumerSink,
  ) {
    this.#connection = connection;
    this.#scope = scope;
    this.#sink = sink;
    this.#isCumulative = subscription === 'failover';
  }

  /** Rejects with what the broker said. */
  static async open(
    connection: PulsarConnection,
    options: PulsarOptions,
    of: Subscribed,
    sink: ConsumerSink,
    actor: ActorContext,
  ): Promise<PulsarConsumer> {
    const consumer = new PulsarConsumer(connection, options, of, sink);
    await consumer.#attach(options, of, actor);
    return consumer;
  }

  request(permits: number): void {
    this.#asked += permits;
    this.#asking.schedule();
  }

  settle(ticket: number, of: readonly Delivery[], how: Settlement): void {
    invariant(
      how.how === 'acknowledge' || (how.how === 'requeue' && !this.#isCumulative),
      `pulsar does not declare the capability ${how.how} here`,
    );
    for (const { token } of of) {
      const isOurs = this.#unsettled.delete(token);
      invariant(isOurs, 'a delivery is settled once, by the consumer that got it');
    }
    this.#settlements?.settle(ticket, of, how);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #attach(options: PulsarOptions, of: Subscribed, actor: ActorContext): Promise<void> {
    this.#consumerId = await attachConsumer(
      this.#connection,
      {
        topic: of.topic,
        subscription: of.subscription,
        type: typeOf[options.subscription],
        consumerName: actor.name,
      },
      {
        message: ({ messageId }, rest) => this.#receive(deliveryOf(messageId, rest, this.#scope)),
        closed: () => this.#lost(new Error('the broker closed the consumer')),
      },
    );
    this.#settlements = new Settlements(
      this.#connection,
      this.#consumerId,
      this.#isCumulative,
      this.#sink,
      actor,
      options.answerTimeoutMs,
    );
    void this.#connection.ended.then((error) => this.#lost(error));
  }

  async #close(): Promise<void> {
    const consumerId = this.#consumerId;
    if (this.#loss === undefined && this.#connection.isOpen) {
      const requestId = this.#connection.newId();
      await atMost(this.#settlements?.answeredAll() ?? Promise.resolve(), farewellMs);
      await atMost(
        this.#connection.request('closeConsumer', requestId, { consumerId, requestId }),
        farewellMs,
      );
    }
    this.#connection.remove(consumerId);
    this.#settlements?.end(PulsarCode.closedByUs);
  }

  #ask(): void {
    if (this.#loss !== undefined || this.#closing !== undefined || this.#asked === 0) return;
    this.#connection.send('flow', { consumerId: this.#consumerId, messagePermits: this.#asked });
    this.#asked = 0;
  }

  #receive(delivery: Delivery): void {
    if (this.#closing !== undefined || this.#loss !== undefined) return;
    this.#received.push(delivery);
    this.#delivering.schedule();
  }

  #deliver(): void {
    const batch = this.#received;
    this.#received = [];
    // What came while it was being closed goes to somebody else.
    if (batch.length === 0 || this.#closing !== undefined || this.#loss !== undefined) return;
    for (const { token } of batch) this.#unsettled.add(token);
    this.#sink.deliver(batch);
  }

  #lost(error: Error): void {
    if (this.#loss !== undefined || this.#closing !== undefined) return;
    this.#loss = error;
    this.#settlements?.end(PulsarCode.connectionLost);
    const cause = this.#settlements?.firstRefusal;
    this.#sink.disconnected(
      cause === undefined
        ? error
        : new Error(`${error.message}, after an acknowledgement was refused`, { cause }),
    );
  }
}
