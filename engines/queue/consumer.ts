import { AckmarkError, invariant } from '../../harness/core/errors.ts';
import type { Answer } from '../embedded/answer.ts';
import { BrokerConnection, type ConnectOptions } from '../embedded/client.ts';
import { ClientCode } from '../embedded/outcomes.ts';
import { decodeHeaders } from '../embedded/protocol/batch.ts';
import { beginRequest, sealRequest } from '../embedded/protocol/frame.ts';
import { Api, Status } from '../embedded/protocol/protocol.ts';
import {
  readReceived,
  readSettled,
  type ReceivedCopy,
  writeReceipts,
  writeReceive,
} from '../embedded/protocol/queue-messages.ts';
import type { Receipt } from '../embedded/queue/message-queue.ts';
import type {
  ActorContext,
  Consumer,
  ConsumerSink,
  Death,
  Delivery,
  Settlement,
} from '../engine.ts';
import type { QueueOptions } from './options.ts';
import type { ReadQueue } from './queues.ts';

/** Before a receive is tried again that the quota of the queue did not allow. */
const throttledPauseMs = 100;

/**
 * Receives as many messages as it has permits for, with one long poll at a time, so nothing is leased
 * that the harness did not ask for. At an orderly end it gives back what it holds.
 */
export class QueueConsumer implements Consumer {
  readonly #queue: number;
  readonly #scope: number;
  readonly #options: QueueOptions;
  readonly #actor: ActorContext;
  readonly #sink: ConsumerSink;
  /** Delivered and not settled, by message id: what `close` gives back. */
  readonly #held = new Map<number, Receipt>();
  #connection: BrokerConnection | undefined;
  #permits = 0;
  #receiving = false;
  #closing = false;
  #over = false;

  constructor(
    { id, scope }: ReadQueue,
    options: QueueOptions,
    actor: ActorContext,
    sink: ConsumerSink,
  ) {
    this.#queue = id;
    this.#scope = scope;
    this.#options = options;
    this.#actor = actor;
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

  request(permits: number): void {
    this.#permits += permits;
    this.#receive();
  }

  /** @throws AckmarkError when messages are deleted on receive: there is nothing to settle */
  settle(ticket: number, of: readonly Delivery[], how: Settlement): void {
    if (this.#options.receive === 'delete') {
      throw new AckmarkError('USAGE', 'messages that are deleted on receive cannot be settled', {
        hint: 'Use the profile `lease`.',
      });
    }
    if (how.how === 'reject' && this.#options.deadLetters === 'none') {
      queueMicrotask(() => this.#sink.settled(ticket, -1, 'fail', ClientCode.notOffered));
      return;
    }
    const receipts = of.map(receiptOf);
    const request = writeReceipts(beginRequest(apiOf[how.how]), this.#queue, receipts);
    if (how.how === 'extend') request.u32(Math.max(1, Math.ceil(how.leaseMs)));
    if (how.how === 'requeue') request.u32(0);
    if (how.how !== 'extend') for (const { id } of receipts) this.#held.delete(id);
    this.#opened().request(sealRequest(request), (answer) =>
      this.#settled(ticket, receipts.length, answer),
    );
  }

  async close(): Promise<void> {
    if (this.#over || this.#closing) return;
    this.#closing = true;
    const connection = this.#connection;
    // The answer to the waiting receive, if any, comes before the answer to its cancellation.
    await connection?.call(beginRequest(Api.cancelReceive)).catch(() => {});
    if (this.#held.size > 0 && !this.#over) {
      const request = beginRequest(Api.changeVisibility);
      writeReceipts(request, this.#queue, [...this.#held.values()]).u32(0);
      await connection?.call(request).catch(() => {});
    }
    this.abandon();
  }

  /** Ends at once; open settlements become unknown, leases run out. */
  abandon(): void {
    this.#over = true;
    this.#connection?.close();
  }

  #opened(): BrokerConnection {
    invariant(this.#connection !== undefined, 'a consumer is used before it is open');
    return this.#connection;
  }

  #receive(): void {
    if (this.#receiving || this.#permits === 0 || this.#closing || this.#over) return;
    const { receive, leaseMs, receiveBytes, receiveWaitMs } = this.#options;
    const requestedNs = this.#actor.nowNs();
    const request = writeReceive(beginRequest(Api.receive), {
      queue: this.#queue,
      maxMessages: this.#permits,
      maxBytes: receiveBytes,
      maxWaitMs: receiveWaitMs,
      // A session ends with its connection, so that it never asks twice.
      attemptId: undefined,
      mode: receive === 'lease' ? { kind: 'lease', leaseMs } : { kind: 'delete' },
    });
    this.#receiving = true;
    this.#opened().request(sealRequest(request), (answer) => {
      this.#receiving = false;
      this.#received(answer, requestedNs);
    });
  }

  #received(answer: Answer, requestedNs: number): void {
    if (answer.kind === 'lost') return;
    if (answer.kind === 'refused' && answer.status === Status.throttled) {
      setTimeout(() => this.#receive(), throttledPauseMs);
      return;
    }
    if (answer.kind === 'refused') {
      this.#opened().fail(new Error(`a receive was refused: ${answer.reason}`));
      return;
    }
    const copies = readReceived(answer.body);
    if (this.#options.receive === 'lease') {
      for (const { id, receiveCount } of copies) this.#held.set(id, { id, receiveCount });
      // Leased while the consumer was leaving: given back with the rest, not delivered.
      if (this.#closing) return;
    }
    if (copies.length > 0) {
      this.#permits -= copies.length;
      this.#sink.deliver(copies.map((copy) => this.#delivery(copy, requestedNs)));
    }
    this.#receive();
  }

  #delivery(copy: ReceivedCopy, requestedNs: number): Delivery {
    const { id, attempt, receiveCount, order } = copy;
    const death = deathOf(copy);
    return {
      body: copy.body,
      key: copy.key,
      // A dead letter keeps the id that it had elsewhere, so that ids are in no order there.
      place: {
        scope: this.#scope,
        position: { major: death === undefined ? id : order, minor: 0 },
      },
      attempt,
      redelivered: attempt > 1,
      requestedNs,
      leaseMs: this.#options.receive === 'lease' ? this.#options.leaseMs : undefined,
      headers: decodeHeaders(copy.headers),
      ...(death === undefined ? {} : { death }),
      token: { id, receiveCount } satisfies Receipt,
    };
  }

  #settled(ticket: number, count: number, answer: Answer): void {
    if (answer.kind === 'lost') {
      this.#sink.settled(ticket, -1, 'unknown', ClientCode.connectionLost);
      return;
    }
    if (answer.kind === 'refused') {
      this.#sink.settled(ticket, -1, 'fail', answer.status);
      return;
    }
    const refused = readSettled(answer.body);
    if (refused.size === 0) {
      this.#sink.settled(ticket, -1, 'ok', 0);
      return;
    }
    for (let index = 0; index < count; index += 1) {
      const status = refused.get(index);
      this.#sink.settled(ticket, index, status === undefined ? 'ok' : 'fail', status ?? 0);
    }
  }
}

const apiOf = {
  acknowledge: Api.remove,
  reject: Api.reject,
  extend: Api.changeVisibility,
  requeue: Api.changeVisibility,
} as const satisfies Readonly<Record<Settlement['how'], Api>>;

function receiptOf({ token }: Delivery): Receipt {
  invariant(isReceipt(token), 'a delivery of another engine is settled: it has no receipt');
  return token;
}

function isReceipt(token: unknown): token is Receipt {
  return typeof token === 'object' && token !== null && 'receiveCount' in token;
}

function deathOf({ movedBy, movedAfter }: ReceivedCopy): Death | undefined {
  if (movedBy === undefined || movedBy === 'redrive') return undefined;
  return { cause: movedBy, deliveries: movedAfter };
}
