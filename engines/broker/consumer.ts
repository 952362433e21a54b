import { AckmarkError, invariant } from '../../harness/core/errors.ts';
import type { Answer } from '../embedded/answer.ts';
import type { CopyDelivery } from '../embedded/broker/copy-delivery.ts';
import { type BrokerConnection, type ConnectOptions, openAtLeader } from '../embedded/at-leader.ts';
import { deathIn } from './deaths.ts';
import { ClientCode } from '../embedded/outcomes.ts';
import { decodeHeaders } from '../embedded/protocol/batch.ts';
import {
  readDeliveries,
  writeGrant,
  writeSettle,
  writeSubscribe,
} from '../embedded/protocol/broker-messages.ts';
import type { ByteReader } from '../embedded/protocol/bytes.ts';
import { beginRequest, sealRequest } from '../embedded/protocol/frame.ts';
import { Api, Status } from '../embedded/protocol/protocol.ts';
import { readSettled } from '../embedded/protocol/queue-messages.ts';
import type { Consumer, ConsumerSink, Delivery, Settlement } from '../engine.ts';
import type { BrokerOptions } from './options.ts';
import { PutOff } from './put-off.ts';

const nobodyWaits = (): void => {};
const settleAgainMs = 100;

/**
 * One subscription on a connection of its own. Permits are handed on as credit, so the broker sends what the
 * harness asked for and nothing lies here in between. What is not settled goes back with the connection.
 */
export class BrokerConsumer implements Consumer {
  readonly #queue: number;
  readonly #options: BrokerOptions;
  readonly #sink: ConsumerSink;
  readonly #again = new PutOff(settleAgainMs);
  #connection: BrokerConnection | undefined;
  #subscription = 0;
  /** Nothing else would notice that a broker which has nothing to send is gone. */
  #heartbeat: NodeJS.Timeout | undefined;
  #closing: Promise<void> | undefined;
  #over = false;

  constructor(queue: number, options: BrokerOptions, sink: ConsumerSink) {
    this.#queue = queue;
    this.#options = options;
    this.#sink = sink;
  }

  /** @throws AckmarkError CONNECT_FAILED, TARGET_UNAVAILABLE when the broker refuses the subscription */
  async open(connect: ConnectOptions): Promise<void> {
    const connection = await openAtLeader(connect, {
      pushed: (api, body) => this.#pushed(api, body),
      drained: () => {},
      closed: (error) => this.#lost(error),
    });
    const { acknowledgement: acknowledge, prefetch, requestTimeoutMs } = this.#options;
    const spec = { queue: this.#queue, acknowledge, prefetch, exclusive: false };
    const answer = await connection
      .call(writeSubscribe(beginRequest(Api.subscribe), spec))
      .catch((error: unknown) => {
        connection.close();
        throw error;
      });
    this.#subscription = answer.u32();
    this.#connection = connection;
    const beat = (): void => connection.request(sealRequest(beginRequest(Api.ping)), nobodyWaits);
    this.#heartbeat = setInterval(beat, requestTimeoutMs / 2);
  }

  request(permits: number): void {
    const connection = this.#opened();
    if (permits === 0 || this.#over || this.#closing !== undefined) return;
    const grant = writeGrant(beginRequest(Api.grant), this.#subscription, permits);
    connection.request(sealRequest(grant), (answer) => {
      if (answer.kind !== 'refused') return;
      connection.fail(new Error(`the broker refused credit: ${answer.reason}`));
    });
  }

  /** @throws AckmarkError when messages are settled on delivery: there is nothing left to settle */
  settle(ticket: number, of: readonly Delivery[], { how }: Settlement): void {
    if (this.#options.acknowledgement === 'automatic') {
      throw new AckmarkError('USAGE', 'messages that are settled on delivery cannot be settled', {
        hint: 'Use the profile `manual-ack`.',
      });
    }
    if (how === 'extend') {
      queueMicrotask(() => this.#sink.settled(ticket, -1, 'fail', ClientCode.notOffered));
      return;
    }
    const request = { consumer: this.#subscription, how, tags: of.map(tagOf) };
    this.#settle(ticket, of.length, sealRequest(writeSettle(beginRequest(Api.settle), request)));
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** Ends at once; open settlements become unknown, what was held goes back. */
  abandon(): void {
    this.#over = true;
    clearInterval(this.#heartbeat);
    this.#connection?.close();
    this.#again.doAll();
  }

  /** Answers to settlements come before the answer to the farewell, and so does what was on its way. */
  async #close(): Promise<void> {
    const connection = this.#connection;
    if (this.#over || connection === undefined) return;
    this.#again.doAll();
    const farewell = beginRequest(Api.unsubscribe).u32(this.#subscription);
    // A broker that is gone has taken back everything already.
    await connection.call(farewell).catch(nobodyWaits);
    this.abandon();
  }

  /** Asks again while too few replicas are there, as nothing was done then; RabbitMQ lets the settlement wait. */
  #settle(ticket: number, count: number, frame: Buffer): void {
    this.#opened().request(frame, (answer) => {
      const isForTheMoment =
        answer.kind === 'refused' && answer.status === Status.notEnoughReplicas;
      if (!isForTheMoment || this.#closing !== undefined) this.#settled(ticket, count, answer);
      else this.#again.later(() => this.#settle(ticket, count, frame));
    });
  }

  #opened(): BrokerConnection {
    invariant(this.#connection !== undefined, 'a consumer is used before it is open');
    return this.#connection;
  }

  #lost(error: Error): void {
    this.#over = true;
    clearInterval(this.#heartbeat);
    this.#again.doAll();
    // Before it is open, whoever opens it hears of it.
    if (this.#connection !== undefined) this.#sink.disconnected(error);
  }

  #pushed(api: number, body: ByteReader): void {
    if (api === Api.cancelled) {
      this.#connection?.fail(new Error('the broker ended the subscription: its queue is gone'));
      return;
    }
    invariant(api === Api.deliver, `the broker pushed ${api}`);
    const { copies } = readDeliveries(body);
    // Held while the consumer is leaving: it goes back. Settled on delivery: nobody else will have it.
    const isAutomatic = this.#options.acknowledgement === 'automatic';
    if (this.#over || (this.#closing !== undefined && !isAutomatic)) return;
    const tellsDeaths = this.#options.deadLetters === 'exchange';
    this.#sink.deliver(copies.map((copy) => deliveryOf(copy, tellsDeaths)));
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

function deliveryOf(
  { tag, attempt, key, headers: encoded, body }: CopyDelivery,
  tellsDeaths: boolean,
): Delivery {
  const headers = decodeHeaders(encoded);
  const death = tellsDeaths ? deathIn(headers) : undefined;
  return {
    body,
    key,
    place: undefined,
    attempt,
    redelivered: attempt > 1,
    requestedNs: undefined,
    leaseMs: undefined,
    headers,
    ...(death === undefined ? {} : { death }),
    token: tag,
  };
}

function tagOf({ token }: Delivery): number {
  invariant(typeof token === 'number', 'a delivery of another engine is settled: it has no tag');
  return token;
}
