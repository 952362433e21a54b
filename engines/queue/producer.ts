import { AckmarkError } from '../../harness/core/errors.ts';
import type { Answer } from '../embedded/answer.ts';
import { BrokerConnection, type ConnectOptions } from '../embedded/client.ts';
import { ClientCode, outcomeOfRefusal } from '../embedded/outcomes.ts';
import { appendBatch, keep, type QueuedSend, SendQueue } from '../embedded/outgoing.ts';
import { batchBytes, messageBytes } from '../embedded/protocol/batch.ts';
import { beginRequest, sealRequest } from '../embedded/protocol/frame.ts';
import { Api, Status } from '../embedded/protocol/protocol.ts';
import { readSent, writeSendHead } from '../embedded/protocol/queue-messages.ts';
import {
  hasOptions,
  maxNameBytes,
  noSendOptions,
  optionsBytes,
  type SendOptions,
} from '../embedded/protocol/send-options.ts';
import type { Limit, Outcome, Outgoing, Place, Producer, ProducerSink, Traits } from '../engine.ts';
import type { QueueOptions } from './options.ts';
import { sendLimit, traits } from './traits.ts';

const requestHeadBytes = 64;

/** Where sends to one destination go, and where they stand then. */
export interface SentTo {
  /** The broker's id of a queue or a topic. */
  readonly id: number;
  readonly scope: number;
}

interface QueuedWithOptions extends QueuedSend {
  readonly options: SendOptions;
  readonly scope: number;
}
const closeWaitMs = 2_000;

/**
 * Sends batches without waiting for each other and repeats nothing: a lost connection makes every open
 * send unknown and ends the producer.
 */
export class QueueProducer implements Producer {
  readonly #queues: readonly SentTo[];
  readonly #capabilities: Traits['capabilities'];
  readonly #sendLimit: Limit;
  readonly #sink: ProducerSink;
  readonly #bufferBytes: number;
  readonly #idle = new Set<() => void>();
  #connection: BrokerConnection | undefined;
  #unsettled = 0;
  #unsettledBytes = 0;
  #writable = true;
  #over = false;

  /** @param queues by destination */
  constructor(queues: readonly SentTo[], options: QueueOptions, sink: ProducerSink) {
    this.#queues = queues;
    const { capabilities, sendLimit: limit } = traits(options);
    this.#capabilities = capabilities;
    this.#sendLimit = limit;
    this.#bufferBytes = options.bufferBytes;
    this.#sink = sink;
  }

  /** @throws AckmarkError CONNECT_FAILED */
  async open(connect: ConnectOptions): Promise<void> {
    this.#connection = await BrokerConnection.open(connect, {
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
    const parts = new Map<number, SendQueue<QueuedWithOptions>>();
    for (const message of batch) {
      const { group, deduplicationId, delayMs } = message;
      const own = { group, deduplicationId, delayMs: Math.ceil(delayMs) };
      const options = hasOptions(own) ? own : noSendOptions;
      const queue = this.#queues[message.destination];
      const send = { ...keep(message), options, scope: queue?.scope ?? 0 };
      this.#unsettled += 1;
      const refusal = refusalOf(message, send, this.#capabilities);
      if (queue === undefined || refusal !== 0) {
        const code = refusal === 0 ? ClientCode.notOffered : refusal;
        queueMicrotask(() => this.#settle(send.ticket, 'fail', code));
        continue;
      }
      const part = parts.get(queue.id) ?? new SendQueue<QueuedWithOptions>();
      parts.set(queue.id, part);
      part.push(send);
      this.#unsettledBytes += messageBytes(send);
    }
    connection.cork();
    for (const [queue, part] of parts) {
      while (part.length > 0) this.#transmit(connection, queue, part.cut(this.#sendLimit));
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

  #transmit(
    connection: BrokerConnection,
    queue: number,
    sends: readonly QueuedWithOptions[],
  ): void {
    const options = sends.some((send) => send.options !== noSendOptions)
      ? sends.map((send) => send.options)
      : undefined;
    const optionBytes = options?.reduce((sum, of) => sum + optionsBytes(of), 0) ?? 0;
    const request = beginRequest(Api.send, batchBytes(sends) + optionBytes + requestHeadBytes);
    appendBatch(writeSendHead(request, queue, options), sends);
    connection.request(sealRequest(request), (answer) => this.#answered(sends, answer));
  }

  #answered(sends: readonly QueuedWithOptions[], answer: Answer): void {
    for (const send of sends) this.#unsettledBytes -= messageBytes(send);
    if (answer.kind === 'ok') {
      const ids = readSent(answer.body, sends.length);
      for (const [index, { ticket, scope }] of sends.entries()) {
        const major = ids[index];
        const place = major === undefined ? undefined : { scope, position: { major, minor: 0 } };
        this.#settle(ticket, 'ok', 0, place);
      }
    } else {
      const outcome = answer.kind === 'lost' ? 'unknown' : outcomeOfRefusal(answer.status, 1);
      const code = answer.kind === 'lost' ? ClientCode.connectionLost : answer.status;
      for (const { ticket } of sends) this.#settle(ticket, outcome, code);
    }
    this.#tellWritable();
  }

  #settle(ticket: number, outcome: Outcome, code: number, place?: Place): void {
    this.#unsettled -= 1;
    this.#sink.settled(ticket, outcome, code, place, 1);
    if (this.#unsettled > 0) return;
    for (const resolve of this.#idle) resolve();
    this.#idle.clear();
  }

  #tellWritable(): void {
    if (this.#over || this.#connection?.open !== true) return;
    const limit = this.#writable ? this.#bufferBytes : this.#bufferBytes / 2;
    const writable = this.#unsettledBytes < limit;
    if (writable === this.#writable) return;
    this.#writable = writable;
    this.#sink.writable(writable);
  }
}

/** 0, or the code that says why the queue cannot carry the message. */
function refusalOf(
  { partition, group, deduplicationId, delayMs }: Outgoing,
  send: QueuedSend,
  capabilities: Traits['capabilities'],
): number {
  const isOffered =
    partition === undefined &&
    (group === undefined || capabilities.has('message-groups')) &&
    (deduplicationId === undefined || capabilities.has('deduplication')) &&
    (delayMs <= 0 || capabilities.has('delay'));
  if (!isOffered) return ClientCode.notOffered;
  if (!isName(group) || !isName(deduplicationId)) return Status.badRequest;
  return messageBytes(send) <= sendLimit.bytes ? 0 : Status.tooLarge;
}

function isName(text: string | undefined): boolean {
  return text === undefined || (text !== '' && Buffer.byteLength(text) <= maxNameBytes);
}
