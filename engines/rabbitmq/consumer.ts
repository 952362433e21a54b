import type { Channel, ConsumeMessage } from 'amqplib';
import { AckmarkError, invariant } from '../../harness/core/errors.ts';
import type { Consumer, ConsumerSink, Delivery, Settlement, Target } from '../engine.ts';
import { Fifo } from '../fifo.ts';
import { withoutUser } from './access.ts';
import { toDelivery } from './deliveries.ts';
import { farewell, type Link, letSinksThrow } from './link.ts';
import { type Demand, SubscriptionFlow } from './subscription-flow.ts';

export interface ConsumerSettings {
  readonly target: Target;
  readonly queue: string;
  readonly automatic: boolean;
  /** The queue counts deliveries (quorum). */
  readonly counted: boolean;
  readonly requeueWith: 'nack' | 'reject';
}

/**
 * Hands out at most what was asked for and keeps the rest. With manual acknowledgement the rest is
 * bounded by the prefetch and goes back to the queue at `close`. With automatic acknowledgement the
 * broker has already forgotten it: it is what a crash of the consumer loses, and what `close` before the
 * drain loses too. A lost connection does not lose it, so it is still delivered, and only then is the
 * disconnection told.
 */
export class RabbitConsumer implements Consumer {
  readonly #link: Link;
  readonly #channel: Channel;
  readonly #settings: ConsumerSettings;
  readonly #sink: ConsumerSink;
  readonly #flow: SubscriptionFlow;
  readonly #buffer = new Fifo<ConsumeMessage>();
  /** Delivered and unsettled, oldest first, by the token of the delivery. */
  readonly #unsettled = new Map<unknown, ConsumeMessage>();
  readonly #batch: Delivery[] = [];
  #permits = 0;
  #scheduled = false;
  #delivering = false;
  #channelError: unknown;
  #lost = false;
  #told = false;
  #opened = false;
  #closing: Promise<void> | undefined;
  /** Present iff the traits say `ackReply: fence`. */
  readonly fence?: () => Promise<void>;

  constructor(link: Link, channel: Channel, settings: ConsumerSettings, sink: ConsumerSink) {
    this.#link = link;
    this.#channel = channel;
    this.#settings = settings;
    this.#sink = sink;
    this.#flow = new SubscriptionFlow(
      channel,
      settings.queue,
      settings.automatic,
      () => this.#demand(),
      (message) => this.#received(message),
      (error) => this.#failed(error),
    );
    if (!settings.automatic && !settings.counted) this.fence = () => this.#fence();
    letSinksThrow(channel);
    channel.on('error', (error) => {
      this.#channelError = error;
    });
    channel.on('close', () => this.#ended());
  }

  /** Called once, before anything else. */
  async open(): Promise<void> {
    await this.#flow.open();
    this.#opened = true;
    this.#deliver();
  }

  request(permits: number): void {
    this.#permits += permits;
    this.#deliver();
    if (!this.#lost && this.#closing === undefined) this.#flow.adjust();
  }

  settle(_ticket: number, of: readonly Delivery[], { how }: Settlement): void {
    invariant(
      !this.#settings.automatic,
      'rabbitmq has nothing to settle with automatic acknowledgement',
    );
    invariant(how !== 'extend', 'rabbitmq does not declare the capability extend');
    // There is no `basic.reject` of several.
    const isRejected = how === 'requeue' && this.#settings.requeueWith === 'reject';
    const oldest = !isRejected && this.#areOldest(of);
    let last: ConsumeMessage | undefined;
    for (const delivery of of) {
      const message = this.#unsettled.get(delivery.token);
      invariant(message !== undefined, 'a delivery is settled once, by the consumer that got it');
      this.#unsettled.delete(delivery.token);
      // The broker took back whatever was unsettled when the channel ended.
      if (this.#lost) continue;
      if (oldest) last = message;
      else this.#tell(how, message, false);
    }
    if (last !== undefined) this.#tell(how, last, of.length > 1);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    if (this.#lost) return;
    const leave = async (): Promise<void> => {
      await this.#flow.end();
      // Whatever is unsettled, buffered or not, goes back to the queue with the channel.
      await this.#channel.close();
    };
    await farewell(leave, () => undefined);
    this.#lost = true;
    this.#buffer.clear();
  }

  /**
   * A passive declare is answered by the queue itself, after everything this channel told it before. The
   * answer also comes behind every delivery the queue had sent to this channel: once it is here, so are they.
   */
  async #fence(): Promise<void> {
    if (this.#lost) throw this.#unproven(this.#reason());
    try {
      await this.#channel.checkQueue(this.#settings.queue);
    } catch (cause) {
      throw this.#unproven(cause);
    }
    this.#deliver();
  }

  #unproven(cause: unknown): AckmarkError {
    return new AckmarkError(
      'CONNECT_FAILED',
      'the channel ended before it proved its acknowledgements',
      {
        hint: 'Take the acknowledgements since the last fence as unknown.',
        cause: withoutUser(this.#settings.target, cause),
      },
    );
  }

  #received(message: ConsumeMessage | null): void {
    if (message === null) {
      this.#failed(new Error('the broker cancelled the subscription: its queue is gone'));
      return;
    }
    if (this.#lost || this.#closing !== undefined) return;
    this.#buffer.push(message);
    if (this.#scheduled) return;
    // The client hands over every message of a socket read in one go: they become one batch.
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      this.#deliver();
      if (!this.#lost && this.#closing === undefined) this.#flow.adjust();
    });
  }

  /** The sink may ask for more while it is being served; the outer call serves that too. */
  #deliver(): void {
    if (this.#delivering || this.#closing !== undefined) return;
    this.#delivering = true;
    try {
      while (this.#permits > 0 && this.#buffer.length > 0) {
        this.#fillBatch();
        this.#sink.deliver(this.#batch);
        this.#batch.length = 0;
      }
    } finally {
      this.#delivering = false;
    }
    this.#tellLost();
  }

  #fillBatch(): void {
    const { automatic, counted } = this.#settings;
    while (this.#permits > 0) {
      const message = this.#buffer.shift();
      if (message === undefined) return;
      this.#permits -= 1;
      if (!automatic) this.#unsettled.set(message, message);
      this.#batch.push(toDelivery(message, counted));
    }
  }

  /** True when these are exactly the oldest unsettled ones, so that one frame can settle them all. */
  #areOldest(of: readonly Delivery[]): boolean {
    const tokens = this.#unsettled.keys();
    for (const delivery of of) if (tokens.next().value !== delivery.token) return false;
    return true;
  }

  #tell(how: Exclude<Settlement['how'], 'extend'>, message: ConsumeMessage, upTo: boolean): void {
    if (how === 'acknowledge') this.#channel.ack(message, upTo);
    else if (how === 'requeue' && this.#settings.requeueWith === 'reject') {
      this.#channel.reject(message, true);
    } else this.#channel.nack(message, upTo, how === 'requeue');
  }

  #demand(): Demand {
    return {
      permits: this.#permits,
      buffered: this.#buffer.length,
      unsettled: this.#unsettled.size,
    };
  }

  #failed(error: unknown): void {
    if (!this.#lost) this.#channelError ??= error;
    this.#ended();
  }

  #ended(): void {
    if (this.#lost || this.#closing !== undefined) return;
    this.#lost = true;
    this.#flow.abandon();
    if (!this.#settings.automatic) this.#buffer.clear();
    // The connection's own error, if it has one, is known once its `close` event has gone out.
    queueMicrotask(() => this.#deliver());
  }

  #tellLost(): void {
    if (
      !this.#opened ||
      !this.#lost ||
      this.#told ||
      this.#buffer.length > 0 ||
      this.#closing !== undefined
    )
      return;
    this.#told = true;
    this.#sink.disconnected(this.#reason());
  }

  #reason(): unknown {
    return this.#channelError ?? this.#link.failure() ?? new Error('the connection was closed');
  }
}
