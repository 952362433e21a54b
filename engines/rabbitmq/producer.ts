import type { ConfirmChannel, Message, Options } from 'amqplib';
import { invariant } from '../../harness/core/errors.ts';
import type { Deployed, Outgoing, Producer, ProducerSink, Transaction } from '../engine.ts';
import { ConfirmWindow } from './confirms.ts';
import { exchangeOf } from './deployment.ts';
import { farewell, type Link, letSinksThrow } from './link.ts';
import type { RabbitOptions } from './options.ts';
import { codeOfChannelEnd, outcomeOf, RabbitCode } from './outcomes.ts';

/** A routing key is a short string: at most 255 bytes of UTF-8. */
const longestKeyBytes = 255;

/**
 * Publishes on a confirm channel and settles by the channel's own `ack` and `nack` events: no closure per
 * message, and a nack is told apart from a lost channel without reading error texts.
 */
export class RabbitProducer implements Producer {
  readonly #link: Link;
  readonly #channel: ConfirmChannel;
  readonly #options: RabbitOptions;
  readonly #exchanges: readonly string[];
  readonly #sink: ProducerSink;
  readonly #confirms = new ConfirmWindow();
  /** Tickets refused inside `send`, settled after it has returned. */
  readonly #refused: { ticket: number; code: RabbitCode }[] = [];
  readonly #flushed: (() => void)[] = [];
  readonly #properties: Options.Publish;
  #channelError: unknown;
  #isOpen = true;
  #closing: Promise<void> | undefined;
  #bufferFull = false;
  #blocked = false;
  #toldWritable = true;

  constructor(
    link: Link,
    channel: ConfirmChannel,
    options: RabbitOptions,
    deployed: Deployed,
    sink: ProducerSink,
  ) {
    this.#link = link;
    this.#channel = channel;
    this.#options = options;
    this.#exchanges = deployed.topology.destinations.map(exchangeOf);
    this.#sink = sink;
    this.#properties = { persistent: options.persistent, mandatory: options.mandatory };
    letSinksThrow(channel);
    channel.on('ack', ({ deliveryTag, multiple }) =>
      this.#confirmed(deliveryTag, multiple, RabbitCode.confirmed),
    );
    channel.on('nack', ({ deliveryTag, multiple }) =>
      this.#confirmed(
        deliveryTag,
        multiple,
        options.maxLength > 0 ? RabbitCode.queueFull : RabbitCode.nacked,
      ),
    );
    channel.on('return', (message) => this.#returned(message));
    channel.on('drain', () => this.#tellWritable({ bufferFull: false }));
    channel.on('error', (error) => {
      this.#channelError = error;
    });
    channel.on('close', () => this.#ended());
    link.model.on('blocked', () => this.#tellWritable({ blocked: true }));
    link.model.on('unblocked', () => this.#tellWritable({ blocked: false }));
  }

  send(batch: readonly Outgoing[], transaction?: Transaction): void {
    invariant(transaction === undefined, 'rabbitmq does not declare transactions');
    let room = true;
    for (const message of batch) room = this.#publish(message) && room;
    if (!room) this.#tellWritable({ bufferFull: true });
    if (this.#refused.length > 0) queueMicrotask(() => this.#settleRefused());
  }

  async flush(): Promise<void> {
    if (this.#unsettled() === 0) return;
    await new Promise<void>((resolve) => this.#flushed.push(resolve));
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    if (this.#isOpen) {
      await farewell(
        () => this.#channel.close(),
        () => undefined,
      );
    }
    this.#isOpen = false;
    this.#settleRest(RabbitCode.closedByUs);
  }

  /** Returns false when the client's buffer is full; the message has been taken even then. */
  #publish(message: Outgoing): boolean {
    const { ticket } = message;
    const key = message.key?.toString('latin1') ?? '';
    const refusal = this.#refusal(message, key);
    if (refusal !== undefined) {
      this.#refused.push({ ticket, code: refusal });
      return true;
    }
    const exchange = this.#exchanges[message.destination];
    invariant(exchange !== undefined, `no destination ${message.destination}`);
    try {
      const room = this.#channel.publish(exchange, key, message.body, this.#propertiesOf(message));
      this.#confirms.add(ticket);
      return room;
    } catch {
      // The client encodes a message completely before it writes any of it.
      this.#refused.push({
        ticket,
        code: this.#isOpen ? RabbitCode.refusedByClient : RabbitCode.notConnected,
      });
      return true;
    }
  }

  #refusal(message: Outgoing, key: string): RabbitCode | undefined {
    if (!this.#isOpen || this.#closing !== undefined) return RabbitCode.notConnected;
    if (
      message.partition !== undefined ||
      message.group !== undefined ||
      message.deduplicationId !== undefined ||
      message.delayMs > 0
    ) {
      return RabbitCode.unsupported;
    }
    return Buffer.byteLength(key) > longestKeyBytes ? RabbitCode.refusedByClient : undefined;
  }

  /** The client copies the properties at once, so one object serves every message. */
  #propertiesOf(message: Outgoing): Options.Publish {
    const properties = this.#properties;
    if (this.#options.mandatory) properties.messageId = String(message.ticket);
    if (message.headers === undefined) delete properties.headers;
    else properties.headers = message.headers;
    return properties;
  }

  #confirmed(tag: number, multiple: boolean, code: RabbitCode): void {
    this.#confirms.confirm(tag, multiple, (ticket) => this.#settle(ticket, code));
    this.#resolveFlushes();
  }

  #settle(ticket: number, code: RabbitCode): void {
    this.#sink.settled(ticket, outcomeOf(code), code, undefined, 1);
  }

  #returned(message: Message): void {
    const { messageId } = message.properties as { readonly messageId?: unknown };
    const ticket = typeof messageId === 'string' ? Number(messageId) : Number.NaN;
    invariant(Number.isInteger(ticket), 'a returned message carries the ticket we gave it');
    if (this.#closing === undefined) this.#sink.returned(ticket);
  }

  #ended(): void {
    this.#isOpen = false;
    if (this.#closing !== undefined) return;
    this.#settleRest(codeOfChannelEnd(this.#channelError));
    // The connection's own error, if it has one, is known once its `close` event has gone out.
    queueMicrotask(() => {
      if (this.#closing !== undefined) return;
      this.#settleRefused();
      this.#sink.disconnected(
        this.#channelError ?? this.#link.failure() ?? new Error('the connection was closed'),
      );
    });
  }

  #settleRest(code: RabbitCode): void {
    this.#settleRefused();
    this.#confirms.takeAll((ticket) => this.#settle(ticket, code));
    this.#resolveFlushes();
  }

  #settleRefused(): void {
    const refused = this.#refused.splice(0);
    for (const { ticket, code } of refused) this.#settle(ticket, code);
    this.#resolveFlushes();
  }

  #unsettled(): number {
    return this.#confirms.open + this.#refused.length;
  }

  #resolveFlushes(): void {
    if (this.#flushed.length === 0 || this.#unsettled() > 0) return;
    for (const resolve of this.#flushed.splice(0)) resolve();
  }

  #tellWritable(change: { readonly bufferFull?: boolean; readonly blocked?: boolean }): void {
    this.#bufferFull = change.bufferFull ?? this.#bufferFull;
    this.#blocked = change.blocked ?? this.#blocked;
    const writable = !this.#bufferFull && !this.#blocked;
    if (writable === this.#toldWritable || !this.#isOpen || this.#closing !== undefined) return;
    this.#toldWritable = writable;
    this.#sink.writable(writable);
  }
}
