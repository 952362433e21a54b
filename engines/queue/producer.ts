import { AckmarkError } from '../../harness/core/errors.ts';
import type { Answer } from '../embedded/answer.ts';
import { BrokerConnection, type ConnectOptions } from '../embedded/client.ts';
import { ClientCode, outcomeOfRefusal } from '../embedded/outcomes.ts';
import { appendBatch, keep, type QueuedSend, SendQueue } from '../embedded/outgoing.ts';
import { batchBytes, messageBytes } from '../embedded/protocol/batch.ts';
import { beginRequest, sealRequest } from '../embedded/protocol/frame.ts';
import { Api, Status } from '../embedded/protocol/protocol.ts';
import { writeSendHead } from '../embedded/protocol/queue-messages.ts';
import type { Outcome, Outgoing, Producer, ProducerSink } from '../engine.ts';
import { sendLimit } from './traits.ts';

const requestHeadBytes = 64;
const closeWaitMs = 2_000;

/**
 * Sends batches without waiting for each other and repeats nothing: a lost connection makes every open
 * send unknown and ends the producer.
 */
export class QueueProducer implements Producer {
  readonly #queues: readonly number[];
  readonly #sink: ProducerSink;
  readonly #bufferBytes: number;
  readonly #idle = new Set<() => void>();
  #connection: BrokerConnection | undefined;
  #unsettled = 0;
  #unsettledBytes = 0;
  #writable = true;
  #over = false;

  constructor(queues: readonly number[], bufferBytes: number, sink: ProducerSink) {
    this.#queues = queues;
    this.#bufferBytes = bufferBytes;
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
    const parts = new Map<number, SendQueue>();
    for (const message of batch) {
      const send = keep(message);
      this.#unsettled += 1;
      const queue = this.#queues[message.destination];
      const refusal = refusalOf(message, send);
      if (queue === undefined || refusal !== 0) {
        const code = refusal === 0 ? ClientCode.notOffered : refusal;
        queueMicrotask(() => this.#settle(send.ticket, 'fail', code));
        continue;
      }
      const part = parts.get(queue) ?? new SendQueue();
      parts.set(queue, part);
      part.push(send);
      this.#unsettledBytes += messageBytes(send);
    }
    connection.cork();
    for (const [queue, part] of parts) {
      while (part.length > 0) this.#transmit(connection, queue, part.cut(sendLimit));
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

  #transmit(connection: BrokerConnection, queue: number, sends: readonly QueuedSend[]): void {
    const request = beginRequest(Api.send, batchBytes(sends) + requestHeadBytes);
    appendBatch(writeSendHead(request, queue), sends);
    connection.request(sealRequest(request), (answer) => this.#answered(sends, answer));
  }

  #answered(sends: readonly QueuedSend[], answer: Answer): void {
    for (const send of sends) this.#unsettledBytes -= messageBytes(send);
    if (answer.kind === 'ok') {
      const baseId = answer.body.u64();
      for (const [index, { ticket }] of sends.entries())
        this.#settle(ticket, 'ok', 0, baseId + index);
    } else {
      const outcome = answer.kind === 'lost' ? 'unknown' : outcomeOfRefusal(answer.status, 1);
      const code = answer.kind === 'lost' ? ClientCode.connectionLost : answer.status;
      for (const { ticket } of sends) this.#settle(ticket, outcome, code);
    }
    this.#tellWritable();
  }

  #settle(ticket: number, outcome: Outcome, code: number, id?: number): void {
    this.#unsettled -= 1;
    const place = id === undefined ? undefined : { scope: 0, position: { major: id, minor: 0 } };
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
function refusalOf(message: Outgoing, send: QueuedSend): number {
  const isPlain =
    message.partition === undefined &&
    message.group === undefined &&
    message.deduplicationId === undefined &&
    message.delayMs <= 0;
  if (!isPlain) return ClientCode.notOffered;
  return messageBytes(send) > sendLimit.bytes ? Status.tooLarge : 0;
}
