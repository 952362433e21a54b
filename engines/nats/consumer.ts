import type { Msg, NatsConnection, Subscription } from '@nats-io/transport-node';
import { invariant } from '../../harness/core/errors.ts';
import { Afterwards } from '../afterwards.ts';
import { atMost } from '../at-most.ts';
import type { ActorContext, Consumer, ConsumerSink, Delivery, Settlement } from '../engine.ts';
import { Fifo } from '../fifo.ts';
import { refusedSubscription } from './access.ts';
import { jetStreamDelivery } from './deliveries.ts';
import { endOf, newInbox } from './link.ts';
import type { JetStreamOptions } from './options.ts';
import { Pulls } from './pulls.ts';
import { Settlements } from './settlements.ts';

/** How long the last settlements may wait for their answers. */
const farewellMs = 2_000;

export interface PullTarget {
  readonly stream: string;
  readonly consumer: string;
  readonly scope: number;
}

/**
 * A member of a durable pull consumer. It pulls as many messages as were asked for; what comes beyond that (of
 * a pull that was given up for lost) waits here, and goes back at `close` like all that is unsettled. Without
 * acknowledgements the server has already forgotten it: it is what a crash loses, and what `close` loses too.
 */
export class JetStreamConsumer implements Consumer {
  readonly #connection: NatsConnection;
  readonly #options: JetStreamOptions;
  readonly #scope: number;
  readonly #sink: ConsumerSink;
  readonly #pulls: Pulls;
  readonly #settlements: Settlements;
  readonly #pulled: Subscription;
  #buffer = new Fifo<Delivery>();
  /** Delivered and unsettled, by the token of the delivery. */
  readonly #unsettled = new Set<unknown>();
  readonly #delivering = new Afterwards(() => this.#deliver());
  #permits = 0;
  #isDelivering = false;
  #loss: Error | undefined;
  #told = false;
  #closing: Promise<void> | undefined;

  constructor(
    connection: NatsConnection,
    options: JetStreamOptions,
    { stream, consumer, scope }: PullTarget,
    sink: ConsumerSink,
    actor: ActorContext,
  ) {
    this.#connection = connection;
    this.#options = options;
    this.#scope = scope;
    this.#sink = sink;
    const [pulls, answers] = [newInbox(), newInbox()];
    this.#pulls = new Pulls(
      connection,
      `$JS.API.CONSUMER.MSG.NEXT.${stream}.${consumer}`,
      pulls,
      actor,
      () => this.#permits - this.#buffer.length,
    );
    this.#settlements = new Settlements(connection, answers, sink, actor, options.answerTimeoutMs);
    this.#pulled = this.#subscribe(`${pulls}.*`, (message) => this.#received(message, pulls));
    this.#subscribe(`${answers}.*`, (message) => this.#settlements.answered(message));
    void endOf(connection).then((error) => this.#lost(error));
  }

  request(permits: number): void {
    this.#permits += permits;
    this.#deliver();
    if (this.#loss === undefined && this.#closing === undefined) this.#pulls.adjust();
  }

  settle(ticket: number, of: readonly Delivery[], how: Settlement): void {
    invariant(this.#isSettled, 'nats has nothing to settle without acknowledgements');
    invariant(how.how !== 'extend', 'nats does not declare the capability extend');
    for (const { token } of of) {
      const isOurs = this.#unsettled.delete(token);
      invariant(isOurs, 'a delivery is settled once, by the consumer that got it');
    }
    this.#settlements.settle(ticket, of, how);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  get #isSettled(): boolean {
    return this.#options.acknowledgement === 'explicit';
  }

  async #close(): Promise<void> {
    this.#pulls.end();
    if (this.#loss === undefined) {
      // Behind the answer to it nothing more can come of a pull that is still open.
      await atMost(this.#pulled.drain(), farewellMs);
      await atMost(this.#settlements.answeredAll(), farewellMs);
      if (this.#isSettled) this.#giveBack();
    }
    this.#settlements.end();
  }

  #giveBack(): void {
    for (let next = this.#buffer.shift(); next !== undefined; next = this.#buffer.shift()) {
      this.#unsettled.add(next.token);
    }
    for (const token of this.#unsettled) this.#settlements.giveBack(token);
  }

  #subscribe(subject: string, received: (message: Msg) => void): Subscription {
    return this.#connection.subscribe(subject, {
      callback: (error, message) => {
        if (error === null) received(message);
        else this.#lost(refusedSubscription(error));
      },
    });
  }

  #received(message: Msg, inbox: string): void {
    if (message.subject.startsWith(inbox)) {
      this.#pulls.told(message);
      return;
    }
    this.#pulls.brought();
    this.#buffer.push(
      jetStreamDelivery(message, {
        scope: this.#scope,
        requestedNs: this.#pulls.requestedNs,
        leaseMs: this.#isSettled ? this.#options.ackWaitMs : undefined,
      }),
    );
    this.#delivering.schedule();
  }

  /** The sink may ask for more while it is being served; the outer call serves that too. */
  #deliver(): void {
    if (this.#isDelivering || this.#closing !== undefined) return;
    this.#isDelivering = true;
    try {
      for (let batch = this.#nextBatch(); batch.length > 0; batch = this.#nextBatch()) {
        this.#sink.deliver(batch);
      }
    } finally {
      this.#isDelivering = false;
    }
    this.#tellLoss();
    if (this.#loss === undefined && this.#closing === undefined) this.#pulls.adjust();
  }

  #nextBatch(): readonly Delivery[] {
    const batch: Delivery[] = [];
    while (this.#permits > 0 && this.#closing === undefined) {
      const delivery = this.#buffer.shift();
      if (delivery === undefined) break;
      this.#permits -= 1;
      if (this.#isSettled) this.#unsettled.add(delivery.token);
      batch.push(delivery);
    }
    return batch;
  }

  #lost(error: Error): void {
    if (this.#loss !== undefined || this.#closing !== undefined) return;
    this.#loss = error;
    this.#pulls.end();
    // Unsettled it comes again; without acknowledgements this is the only copy there is.
    if (this.#isSettled) this.#buffer = new Fifo();
    this.#delivering.schedule();
  }

  #tellLoss(): void {
    const isOver = this.#buffer.length === 0 && this.#closing === undefined;
    if (this.#loss === undefined || this.#told || !isOver) return;
    this.#told = true;
    this.#settlements.end();
    this.#sink.disconnected(this.#loss);
  }
}
