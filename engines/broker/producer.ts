import { AckmarkError } from '../../harness/core/errors.ts';
import type { Answer } from '../embedded/answer.ts';
import { type BrokerConnection, type ConnectOptions, openAtLeader } from '../embedded/at-leader.ts';
import { ClientCode, outcomeOfRefusal } from '../embedded/outcomes.ts';
import { appendBatch, keep, type QueuedSend, SendQueue } from '../embedded/outgoing.ts';
import { batchBytes, messageBytes } from '../embedded/protocol/batch.ts';
import { readPublished, writePublishHead } from '../embedded/protocol/broker-messages.ts';
import { beginRequest, sealRequest } from '../embedded/protocol/frame.ts';
import { Api, Status } from '../embedded/protocol/protocol.ts';
import type { Outcome, Outgoing, Producer, ProducerSink } from '../engine.ts';
import type { BrokerOptions } from './options.ts';
import { sendLimit } from './traits.ts';

const requestHeadBytes = 64;
const closeWaitMs = 2_000;

/**
 * Sends batches without waiting for each other and repeats nothing: a lost connection makes every open
 * send unknown and ends the producer.
 */
export class BrokerProducer implements Producer {
  readonly #exchanges: readonly number[];
  readonly #options: BrokerOptions;
  readonly #sink: ProducerSink;
  readonly #idle = new Set<() => void>();
  #connection: BrokerConnection | undefined;
  #unsettled = 0;
  #unsettledBytes = 0;
  #writable = true;
  #over = false;

  /** @param exchanges the broker's ids, by destination */
  constructor(exchanges: readonly number[], options: BrokerOptions, sink: ProducerSink) {
    this.#exchanges = exchanges;
    this.#options = options;
    this.#sink = sink;
  }

  /** @throws AckmarkError CONNECT_FAILED */
  async open(connect: ConnectOptions): Promise<void> {
    this.#connection = await openAtLeader(connect, {
      pushed: () => {},
      drained: () => {},
      closed: (error) => {
        this.#over = true;
        this.#sink.disconnected(error);
      },
    });
  }

  send(batch: readonly Outgoing[]): void {
    const connection = this.#connection;
    if (this.#over || connection === undefined) {
      throw new AckmarkError('CONNECT_FAILED', 'the producer is closed', { hint: 'Open another.' });
    }
    const parts = new Map<number, SendQueue>();
    for (const message of batch) {
      const send = keep(message);
      this.#unsettled += 1;
      const exchange = this.#exchanges[message.destination];
      const refusal = refusalOf(message, send);
      if (exchange === undefined || refusal !== 0) {
        this.#refuse(send, refusal === 0 ? ClientCode.notOffered : refusal);
        continue;
      }
      const part = parts.get(exchange) ?? new SendQueue();
      parts.set(exchange, part);
      part.push(send);
      this.#unsettledBytes += messageBytes(send);
    }
    connection.cork();
    for (const [exchange, part] of parts) {
      while (part.length > 0) this.#transmit(connection, exchange, part.cut(sendLimit));
    }
    connection.uncork();
    this.#tellWritable();
  }

  flush(): Promise<void> {
    if (this.#unsettled === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#idle.add(resolve);
    });
  }

  /** Waits a moment for outstanding answers; what is still open then is unknown. */
  async close(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, closeWaitMs);
    });
    await Promise.race([this.flush(), patience]);
    clearTimeout(timer);
    this.abandon();
  }

  /** Ends at once; open sends become unknown. */
  abandon(): void {
    this.#over = true;
    this.#connection?.close();
  }

  #transmit(connection: BrokerConnection, exchange: number, sends: readonly QueuedSend[]): void {
    const { mandatory, persistent } = this.#options;
    const request = beginRequest(Api.publish, batchBytes(sends) + requestHeadBytes);
    writePublishHead(request, { exchange, mandatory, persistent, priority: 0 });
    appendBatch(request, sends);
    connection.request(sealRequest(request), (answer) => this.#answered(sends, answer));
  }

  #answered(sends: readonly QueuedSend[], answer: Answer): void {
    for (const send of sends) this.#unsettledBytes -= messageBytes(send);
    if (answer.kind === 'ok') this.#confirmed(sends, readPublished(answer.body));
    else {
      const outcome = answer.kind === 'lost' ? 'unknown' : outcomeOfRefusal(answer.status, 1);
      const code = answer.kind === 'lost' ? ClientCode.connectionLost : answer.status;
      for (const { ticket } of sends) this.#settle(ticket, outcome, code);
    }
    this.#tellWritable();
  }

  /** A message that no queue wanted is confirmed all the same, after it has come back. */
  #confirmed(
    sends: readonly QueuedSend[],
    { returned, refused }: ReturnType<typeof readPublished>,
  ): void {
    for (const [index, { ticket }] of sends.entries()) {
      if (returned.has(index)) this.#sink.returned(ticket);
      if (refused.has(index)) this.#settle(ticket, 'fail', Status.queueFull);
      else this.#settle(ticket, 'ok', 0);
    }
  }

  /** Before any byte, and not before `send` has returned. */
  #refuse({ ticket }: QueuedSend, code: number): void {
    queueMicrotask(() => this.#settle(ticket, 'fail', code));
  }

  #settle(ticket: number, outcome: Outcome, code: number): void {
    this.#unsettled -= 1;
    this.#sink.settled(ticket, outcome, code, undefined, 1);
    if (this.#unsettled > 0) return;
    for (const resolve of this.#idle) resolve();
    this.#idle.clear();
  }

  #tellWritable(): void {
    if (this.#over || this.#connection?.open !== true) return;
    const { bufferBytes } = this.#options;
    const limit = this.#writable ? bufferBytes : bufferBytes / 2;
    const writable = this.#unsettledBytes < limit;
    if (writable === this.#writable) return;
    this.#writable = writable;
    this.#sink.writable(writable);
  }
}

/** 0, or the code that says why the broker cannot carry the message. */
function refusalOf(message: Outgoing, send: QueuedSend): number {
  const isPlain =
    message.partition === undefined &&
    message.group === undefined &&
    message.deduplicationId === undefined &&
    message.delayMs <= 0;
  if (!isPlain) return ClientCode.notOffered;
  return messageBytes(send) > sendLimit.bytes ? Status.tooLarge : 0;
}
