import type { AckmarkError } from '../../harness/core/errors.ts';
import type { Answer } from '../embedded/answer.ts';
import type { BrokerConnection, ConnectOptions } from '../embedded/client.ts';
import { type ProducerIdentity, readIdentity } from '../embedded/log/entries.ts';
import { ClientCode, outcomeOfRefusal } from '../embedded/outcomes.ts';
import { messageBytes } from '../embedded/protocol/batch.ts';
import { beginRequest, sealRequest } from '../embedded/protocol/frame.ts';
import { Api, type Refusal, Status } from '../embedded/protocol/protocol.ts';
import { Reconnecting } from '../embedded/reconnecting.ts';
import type {
  ActorContext,
  Outcome,
  Outgoing,
  Producer,
  ProducerSink,
  Transaction,
} from '../engine.ts';
import { admit } from './admission.ts';
import { closedProducer, refusal, unanswered } from './ended-producer.ts';
import { anonymous, register } from './identity.ts';
import { board, type Flight, type Lane, Lanes } from './lanes.ts';
import type { LogOptions } from './options.ts';
import type { Router } from './routing.ts';
import { afterReconnecting, mayGoAgain, putBack, takeAgain } from './sending-again.ts';
import { Transacting } from './transacting.ts';

const deadlineCheckMs = 50;
const closeWaitMs = 2_000;

/**
 * A producer whose batches are answered. After a lost connection it connects again and sends every unanswered
 * batch again, with the same bytes, until the delivery timeout: that is the retry of a real client. Without
 * idempotence a batch whose answer alone was lost is then stored twice, and several change places.
 * An idempotent one that was refused lacks numbers from then on: it waits for what is in flight and goes
 * on as a new producer (KIP-360), or, in a transaction, with the epoch that follows its abort.
 */
export class AnsweredProducer implements Producer {
  readonly #options: LogOptions;
  readonly #actor: ActorContext;
  readonly #sink: ProducerSink;
  readonly #router: Router;
  readonly #link: Reconnecting;
  readonly #transactionalId: string | undefined;
  readonly #transacting: Transacting;
  readonly #lanes = new Lanes();
  readonly #idle = new Set<() => void>();
  readonly #deadlines: NodeJS.Timeout;
  #identity = anonymous;
  /** Since when numbers are missing; undefined while none are. */
  #refusedNs: number | undefined;
  #isRenewing = false;
  #unsettled = 0;
  #unsettledBytes = 0;
  #writable = true;
  #over = false;
  /** Present where the engine has transactions. */
  begin?: () => Promise<Transaction>;

  constructor(
    connect: ConnectOptions,
    options: LogOptions,
    actor: ActorContext,
    router: Router,
    transactionalId: string | undefined,
    sink: ProducerSink,
  ) {
    this.#transactionalId = transactionalId;
    this.#transacting = new Transacting(transactionalId, {
      nowNs: () => actor.nowNs(),
      connection: () => this.#link.connection,
      flush: () => this.flush(),
      becomes: (identity) => this.#become(identity),
      refused: (status, reason) => this.#end(ClientCode.connectionLost, refusal(status, reason)),
    });
    if (options.transactions) this.begin = () => this.#begin();
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
      this.#identity = await register(connection, this.#options, this.#transactionalId);
    } catch (error) {
      this.#end(ClientCode.closed, undefined);
      throw error;
    }
  }

  send(batch: readonly Outgoing[], transaction?: Transaction): void {
    if (this.#over) throw closedProducer();
    const touched = new Set<Lane>();
    const refused = this.#transacting.refusalOf(transaction);
    for (const admitted of admit(batch, this.#router, refused)) {
      this.#unsettled += 1;
      if (admitted.kind === 'refuse') {
        const { ticket, code } = admitted;
        queueMicrotask(() => this.#settle(ticket, 'fail', code, 1));
        continue;
      }
      const lane = this.#lanes.of(admitted);
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

  async #begin(): Promise<Transaction> {
    if (this.#over) throw closedProducer();
    return this.#transacting.begin(this.#identity);
  }

  #pump(lanes: Iterable<Lane>): void {
    const { connection } = this.#link;
    if (connection === undefined || this.#over) return;
    const { maxInFlight } = this.#options;
    const nowNs = this.#actor.nowNs();
    connection.cork();
    for (const lane of lanes) {
      this.#transmit(connection, lane, takeAgain(lane, this.#options, nowNs));
      if (this.#refusedNs !== undefined || lane.again.length > 0) continue;
      while (lane.flights.length < maxInFlight && lane.waiting.length > 0) {
        const flight = board(lane, this.#identity, this.#options, nowNs);
        this.#transmit(connection, lane, [flight]);
      }
    }
    connection.uncork();
  }

  #transmit(connection: BrokerConnection, lane: Lane, flights: readonly Flight[]): void {
    for (const flight of flights) {
      flight.attempts += 1;
      connection.request(flight.frame, (answer) => this.#answered(lane, flight, answer));
    }
  }

  #resume(connection: BrokerConnection): void {
    connection.cork();
    for (const lane of this.#lanes) {
      this.#transmit(connection, lane, afterReconnecting(lane, this.#options));
    }
    connection.uncork();
    this.#transacting.resume();
    this.#pump(this.#lanes);
    this.#renew();
  }

  #answered(lane: Lane, flight: Flight, answer: Answer): void {
    if (this.#over || answer.kind === 'lost') return;
    lane.flights.splice(lane.flights.indexOf(flight), 1);
    if (answer.kind === 'refused' && mayGoAgain(lane, flight, answer.status, this.#options)) {
      return putBack(lane, flight, this.#options, this.#actor.nowNs());
    }
    this.#unsettledBytes -= flight.bytes;
    if (answer.kind === 'ok') {
      const baseOffset = answer.body.u64();
      for (const [index, { ticket }] of flight.sends.entries()) {
        this.#settle(ticket, 'ok', 0, flight.attempts, lane.scope, baseOffset + index);
      }
    } else this.#refused(flight, answer.status, answer.reason);
    this.#pump([lane]);
    this.#tellWritable();
  }

  #refused(flight: Flight, status: Refusal, reason: string): void {
    const outcome = outcomeOfRefusal(status, flight.attempts);
    for (const { ticket } of flight.sends) this.#settle(ticket, outcome, status, flight.attempts);
    // What was stored before leaves no gap in the numbers.
    const { isTransactional } = this.#transacting;
    if (!(this.#options.idempotent || isTransactional) || status === Status.duplicate) return;
    if (status === Status.fencedEpoch) {
      this.#end(ClientCode.connectionLost, refusal(status, reason));
    } else if (isTransactional) {
      this.#transacting.fail();
      for (const lane of this.#lanes) this.#dropWaiting(lane);
    } else {
      this.#refusedNs ??= this.#actor.nowNs();
      this.#renew();
    }
  }

  /** The refused numbers are missing, so the broker would refuse whatever followed under this id. */
  #renew(): void {
    const { connection } = this.#link;
    if (this.#refusedNs === undefined || this.#isRenewing || !this.#lanes.areGrounded) return;
    if (connection === undefined || this.#over) return;
    this.#isRenewing = true;
    connection.request(sealRequest(beginRequest(Api.initProducer)), (answer) => {
      this.#isRenewing = false;
      if (this.#over || answer.kind !== 'ok') return;
      this.#refusedNs = undefined;
      this.#become(readIdentity(answer.body));
      this.#pump(this.#lanes);
    });
  }

  #become(identity: ProducerIdentity): void {
    this.#identity = identity;
    this.#lanes.restart();
  }

  #checkDeadlines(): void {
    const oldestNs = this.#actor.nowNs() - this.#options.deliveryTimeoutMs * 1e6;
    const sinceNs = Math.min(this.#lanes.openSinceNs, this.#refusedNs ?? Infinity);
    if (sinceNs <= oldestNs || this.#transacting.isOverdue(oldestNs)) {
      return this.#end(ClientCode.timedOut, unanswered(this.#options.deliveryTimeoutMs));
    }
    this.#pump(this.#lanes);
    this.#renew();
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
    for (const lane of this.#lanes) {
      for (const { sends, attempts } of [...lane.flights.splice(0), ...lane.again.splice(0)]) {
        for (const { ticket } of sends)
          this.#settle(ticket, 'unknown', code, Math.max(1, attempts));
      }
      this.#dropWaiting(lane);
    }
    this.#transacting.close();
    if (error !== undefined) this.#sink.disconnected(error);
  }

  #dropWaiting(lane: Lane): void {
    for (const send of lane.waiting.takeAll()) {
      this.#unsettledBytes -= messageBytes(send);
      this.#settle(send.ticket, 'fail', ClientCode.neverSent, 1);
    }
  }
}
