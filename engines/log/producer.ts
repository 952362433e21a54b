import { AckmarkError } from '../../harness/core/errors.ts';
import type { Answer } from '../embedded/answer.ts';
import type { BrokerConnection, ConnectOptions } from '../embedded/client.ts';
import { ClientCode, outcomeOfRefusal } from '../embedded/outcomes.ts';
import { appendBatch, type QueuedSend, SendQueue } from '../embedded/outgoing.ts';
import { batchBytes, messageBytes } from '../embedded/protocol/batch.ts';
import { beginRequest, sealRequest } from '../embedded/protocol/frame.ts';
import { writeProduceHead } from '../embedded/protocol/log-messages.ts';
import { Api, type Refusal, statusName } from '../embedded/protocol/protocol.ts';
import { Reconnecting } from '../embedded/reconnecting.ts';
import type { ActorContext, Outcome, Outgoing, Producer, ProducerSink } from '../engine.ts';
import { admit, closedProducer } from './admission.ts';
import type { LogOptions } from './options.ts';
import { laneKey, type Router } from './routing.ts';
import { sendLimit } from './traits.ts';

const requestHeadBytes = 64;
const deadlineCheckMs = 50;
const closeWaitMs = 2_000;

/** A batch on its way. Its frame is kept until it is answered, so that a retry sends the very same bytes. */
interface Flight {
  readonly frame: Buffer;
  readonly sends: readonly QueuedSend[];
  readonly bytes: number;
  readonly sinceNs: number;
  attempts: number;
}

/** One partition's sends, in order: first those in flight, then those that wait. */
interface Lane {
  readonly topic: number;
  readonly partition: number;
  readonly waiting: SendQueue;
  readonly flights: Flight[];
  nextSequence: number;
}

/**
 * A producer whose batches are answered. After a lost connection it connects again and sends every
 * unanswered batch again, in order and with the same bytes, until the delivery timeout: that is the
 * retry of a real client. Without idempotence a batch whose answer alone was lost is then stored twice.
 */
export class AnsweredProducer implements Producer {
  readonly #options: LogOptions;
  readonly #actor: ActorContext;
  readonly #sink: ProducerSink;
  readonly #router: Router;
  readonly #link: Reconnecting;
  readonly #lanes = new Map<number, Lane>();
  readonly #idle = new Set<() => void>();
  readonly #deadlines: NodeJS.Timeout;
  #producer = { id: 0, epoch: 0 };
  #unsettled = 0;
  #unsettledBytes = 0;
  #writable = true;
  #over = false;

  constructor(
    connect: ConnectOptions,
    options: LogOptions,
    actor: ActorContext,
    router: Router,
    sink: ProducerSink,
  ) {
    this.#options = options;
    this.#actor = actor;
    this.#router = router;
    this.#sink = sink;
    this.#link = new Reconnecting(connect, actor, options.deliveryTimeoutMs, {
      up: (connection) => this.#resume(connection),
      down: () => {},
      gaveUp: (error) => this.#end(ClientCode.connectionLost, error),
      drained: () => {},
    });
    this.#deadlines = setInterval(() => this.#checkDeadlines(), deadlineCheckMs);
  }

  /** @throws AckmarkError CONNECT_FAILED */
  async open(): Promise<void> {
    try {
      const connection = await this.#link.open();
      if (!this.#options.idempotent) return;
      const registered = await connection.call(beginRequest(Api.initProducer));
      this.#producer = { id: registered.u32(), epoch: registered.u16() };
    } catch (error) {
      this.#end(ClientCode.closed, undefined);
      throw error;
    }
  }

  send(batch: readonly Outgoing[]): void {
    if (this.#over) throw closedProducer();
    const touched = new Set<Lane>();
    for (const admitted of admit(batch, this.#router)) {
      this.#unsettled += 1;
      if (admitted.kind === 'refuse') {
        const { ticket, code } = admitted;
        queueMicrotask(() => this.#settle(ticket, 'fail', code, 1));
        continue;
      }
      const lane = this.#lane(admitted.topic, admitted.partition);
      lane.waiting.push(admitted.send);
      this.#unsettledBytes += messageBytes(admitted.send);
      touched.add(lane);
    }
    this.#pump(touched);
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
    if (this.#over) return;
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, closeWaitMs);
    });
    await Promise.race([this.flush(), patience]);
    clearTimeout(timer);
    this.abandon();
  }

  /** Ends at once. */
  abandon(): void {
    this.#end(ClientCode.closed, undefined);
  }

  #lane(topic: number, partition: number): Lane {
    const key = laneKey(topic, partition);
    const known = this.#lanes.get(key);
    if (known !== undefined) return known;
    const lane = { topic, partition, waiting: new SendQueue(), flights: [], nextSequence: 0 };
    this.#lanes.set(key, lane);
    return lane;
  }

  #pump(lanes: Iterable<Lane>): void {
    const { connection } = this.#link;
    if (connection === undefined || this.#over) return;
    connection.cork();
    for (const lane of lanes) {
      while (lane.flights.length < this.#options.maxInFlight && lane.waiting.length > 0) {
        const flight = this.#board(lane);
        lane.flights.push(flight);
        this.#transmit(connection, lane, flight);
      }
    }
    connection.uncork();
  }

  #board(lane: Lane): Flight {
    const sends = lane.waiting.cut(sendLimit);
    const { acks } = this.#options;
    const { topic, partition } = lane;
    const { id: producer, epoch } = this.#producer;
    const stamp = { producer, epoch, sequence: lane.nextSequence };
    const request = beginRequest(Api.produce, batchBytes(sends) + requestHeadBytes);
    appendBatch(writeProduceHead(request, { acks, topic, partition, stamp }), sends);
    // Sequences are compared within 32 bits; a producer would have to send four billion messages.
    lane.nextSequence += sends.length;
    let bytes = 0;
    for (const send of sends) bytes += messageBytes(send);
    return { frame: sealRequest(request), sends, bytes, sinceNs: this.#actor.nowNs(), attempts: 0 };
  }

  #transmit(connection: BrokerConnection, lane: Lane, flight: Flight): void {
    flight.attempts += 1;
    connection.request(flight.frame, (answer) => this.#answered(lane, flight, answer));
  }

  #resume(connection: BrokerConnection): void {
    connection.cork();
    for (const lane of this.#lanes.values()) {
      for (const flight of lane.flights) this.#transmit(connection, lane, flight);
    }
    connection.uncork();
    this.#pump(this.#lanes.values());
  }

  #answered(lane: Lane, flight: Flight, answer: Answer): void {
    if (this.#over || answer.kind === 'lost') return;
    lane.flights.splice(lane.flights.indexOf(flight), 1);
    this.#unsettledBytes -= flight.bytes;
    if (answer.kind === 'ok') {
      const baseOffset = answer.body.u64();
      for (const [index, { ticket }] of flight.sends.entries()) {
        this.#settle(ticket, 'ok', 0, flight.attempts, lane.partition, baseOffset + index);
      }
    } else this.#refused(flight, answer.status, answer.reason);
    this.#pump([lane]);
    this.#tellWritable();
  }

  #refused(flight: Flight, status: Refusal, reason: string): void {
    const outcome = outcomeOfRefusal(status, flight.attempts);
    for (const { ticket } of flight.sends) this.#settle(ticket, outcome, status, flight.attempts);
    if (!this.#options.idempotent) return;
    // The refused sequence numbers are missing now, so the broker would refuse whatever follows.
    const message = `an idempotent producer was refused: ${statusName[status]}, ${reason}`;
    const hint = 'A new session registers a new producer.';
    this.#end(ClientCode.connectionLost, new AckmarkError('CONNECT_FAILED', message, { hint }));
  }

  #checkDeadlines(): void {
    const oldestNs = this.#actor.nowNs() - this.#options.deliveryTimeoutMs * 1e6;
    for (const { flights } of this.#lanes.values()) {
      const [first] = flights;
      if (first === undefined || first.sinceNs > oldestNs) continue;
      const message = `a batch was not answered within ${this.#options.deliveryTimeoutMs} ms`;
      const hint = 'Look at the end of the broker’s log; it may hang.';
      this.#end(ClientCode.timedOut, new AckmarkError('CONNECT_FAILED', message, { hint }));
      return;
    }
  }

  #settle(
    ticket: number,
    outcome: Outcome,
    code: number,
    attempts: number,
    scope?: number,
    offset?: number,
  ): void {
    this.#unsettled -= 1;
    const place =
      scope === undefined || offset === undefined
        ? undefined
        : { scope, position: { major: offset, minor: 0 } };
    this.#sink.settled(ticket, outcome, code, place, attempts);
    if (this.#unsettled > 0) return;
    for (const resolve of this.#idle) resolve();
    this.#idle.clear();
  }

  #tellWritable(): void {
    if (this.#over) return;
    const { bufferBytes } = this.#options;
    const limit = this.#writable ? bufferBytes : bufferBytes / 2;
    const writable = this.#unsettledBytes < limit;
    if (writable === this.#writable) return;
    this.#writable = writable;
    this.#sink.writable(writable);
  }

  /** Settles everything, then tells why, if the caller did not want it. */
  #end(code: number, error: AckmarkError | undefined): void {
    if (this.#over) return;
    this.#over = true;
    clearInterval(this.#deadlines);
    this.#link.close();
    for (const lane of this.#lanes.values()) {
      for (const { sends, attempts } of lane.flights.splice(0)) {
        for (const { ticket } of sends)
          this.#settle(ticket, 'unknown', code, Math.max(1, attempts));
      }
      for (const { ticket } of lane.waiting.takeAll()) {
        this.#settle(ticket, 'fail', ClientCode.neverSent, 1);
      }
    }
    if (error !== undefined) this.#sink.disconnected(error);
  }
}
