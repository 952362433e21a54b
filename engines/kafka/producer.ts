import { Producer as ClientProducer, type ProduceResult } from '@platformatic/kafka';
import { AckmarkError } from '../../harness/core/errors.ts';
import type {
  ActorContext,
  Outgoing,
  Producer,
  ProducerSink,
  ProducerSpec,
  Target,
  Transaction,
} from '../engine.ts';
import { CallQueue } from './call-queue.ts';
import {
  baseOptions,
  cannotConnect,
  keepErrorsFromThrowing,
  onClientEvent,
  within,
} from './connection.ts';
import { acksOnWire, type KafkaOptions } from './options.ts';
import { classify, Code, hasLostItsNumbers, isDefinite, isOfStaleMetadata } from './outcomes.ts';
import { answeredPartitions } from './partial-answers.ts';
import { emptySending, type Sending, splitByScope, Translator } from './sending.ts';
import { settleByPlace } from './settling.ts';
import { KafkaTransaction } from './transaction.ts';

/** Unsettled payload bytes above which the harness is asked to pause, and below which it may go on. */
const fullBytes = 32 * 1024 * 1024;
const roomBytes = 16 * 1024 * 1024;
const sweepMs = 500;
const closeMs = 2_000;

/**
 * The client sorts the partitions of a call by leader once. When two of them part to different leaders while it
 * tries again, it goes on sending both to the leader of the first, which stores its part once more each time and
 * refuses the other. So where there are several brokers each partition has a call of its own.
 */
export class KafkaProducer implements Producer {
  readonly #client: ClientProducer;
  readonly #options: KafkaOptions;
  readonly #sink: ProducerSink;
  readonly #actor: ActorContext;
  readonly #translator: Translator;
  readonly #transactional: boolean;
  readonly #flying = new Set<Sending>();
  readonly #queue = new CallQueue();
  readonly #idle: (() => void)[] = [];
  readonly #sweeper: NodeJS.Timeout;
  #unsettledBytes = 0;
  #full = false;
  #leadersMayPart: boolean;
  #closed: Promise<void> | undefined;
  #closedByOwner = false;
  begin?: () => Promise<Transaction>;

  constructor(
    target: Target,
    options: KafkaOptions,
    actor: ActorContext,
    spec: ProducerSpec,
    sink: ProducerSink,
  ) {
    this.#options = options;
    this.#actor = actor;
    this.#sink = sink;
    this.#translator = new Translator(spec.deployed);
    this.#transactional = spec.transactionalId !== undefined;
    this.#leadersMayPart = target.nodes > 1;
    this.#client = new ClientProducer({
      ...baseOptions(target, options, actor.name),
      retryDelay: (_client, operation, _attempt, _retries, error) => {
        if (operation === 'produce') this.#noteRetry(error);
        return options.retryDelayMs;
      },
      acks: acksOnWire[options.acks],
      idempotent: options.idempotent,
      // Else the client sends once more to whom it finds then, also where it was given no retries.
      repeatOnStaleMetadata: options.retries > 0,
      // Without these the client asks for producer 0 epoch 0, which the broker takes for a zombie.
      producerId: -1n,
      producerEpoch: -1,
      ...(spec.transactionalId === undefined ? {} : { transactionalId: spec.transactionalId }),
    });
    keepErrorsFromThrowing(this.#client, (error) => this.#end(error));
    onClientEvent(this.#client, 'client:performWithRetry:failed', (operation, _retries, errors) => {
      if (operation !== 'produce') return;
      this.#taint({ errors });
      if (hasLostItsNumbers({ errors })) this.#numbersForgotten({ errors });
    });
    if (options.idempotent) this.begin = () => this.#begin();
    this.#sweeper = setInterval(() => this.#sweep(), sweepMs);
  }

  /** Resolves when the first send would find everything it needs. */
  async open(target: Target, timeoutMs: number): Promise<void> {
    try {
      const topics = this.#translator.topicNames;
      const { signal } = this.#actor;
      const asked = this.#client.metadata({ topics });
      const { brokers } = await within(asked, timeoutMs, 'asking for metadata', signal);
      this.#leadersMayPart ||= brokers.size > 1;
      if (this.#options.idempotent && !this.#transactional) {
        const id = this.#client.initIdempotentProducer({});
        await within(id, timeoutMs, 'asking for a producer id', signal);
      }
    } catch (cause) {
      await this.close();
      throw cannotConnect(target, cause);
    }
  }

  send(batch: readonly Outgoing[], transaction?: Transaction): void {
    const own = transaction instanceof KafkaTransaction ? transaction : undefined;
    const sending = emptySending(own);
    const usable =
      this.#closed === undefined && (transaction === undefined) === (own === undefined);
    for (const outgoing of batch) {
      if (usable && this.#translator.add(outgoing, sending)) continue;
      const code = this.#closed === undefined ? Code.notOffered : Code.clientClosed;
      this.#sink.settled(outgoing.ticket, 'fail', code, undefined, 1);
    }
    if (sending.tickets.length === 0) return;
    own?.used();
    this.#unsettledBytes += sending.bytes;
    // Not in a transaction: the client first tells its coordinator which partitions a call adds, and two such calls at once were not tried.
    const isSplit = this.#leadersMayPart && own === undefined;
    for (const call of isSplit ? splitByScope(sending) : [sending]) this.#offer(call);
    if (this.#unsettledBytes > fullBytes && !this.#full && this.#options.acks !== 'none') {
      this.#full = true;
      this.#sink.writable(false);
    }
  }

  flush(): Promise<void> {
    if (this.#flying.size === 0 && this.#queue.isEmpty) return Promise.resolve();
    return new Promise((resolve) => {
      this.#idle.push(resolve);
    });
  }

  close(): Promise<void> {
    this.#closedByOwner = true;
    this.#closed ??= this.#leave();
    return this.#closed;
  }

  async #leave(): Promise<void> {
    clearInterval(this.#sweeper);
    await within(this.#client.close(true), closeMs, 'closing the producer').catch(() => undefined);
    // The client is gone: nothing is sent any more, whatever it still thinks of these.
    this.#settleAll(Code.abandoned);
  }

  #offer(sending: Sending): void {
    const now = this.#options.maxInFlight === 1 ? this.#queue.add(sending) : sending;
    if (now !== undefined) this.#launch(now);
  }

  #launch(sending: Sending): void {
    sending.startedNs = this.#actor.nowNs();
    this.#flying.add(sending);
    const done = (error: Error | null, result?: ProduceResult): void => {
      // Settled already when the session ended before the client answered.
      if (!this.#flying.delete(sending)) return;
      if (error === null) this.#succeeded(sending, result);
      else this.#failed(sending, error);
      this.#settledSome(sending);
    };
    const call = { messages: sending.messages, acks: acksOnWire[this.#options.acks] };
    try {
      if (sending.transaction === undefined) this.#client.send(call, done);
      else sending.transaction.client.send(call, done);
    } catch (error) {
      // The client throws from the call itself only before it has written anything.
      done(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #succeeded(sending: Sending, result: ProduceResult | undefined): void {
    if (this.#options.acks === 'none') {
      for (const ticket of sending.tickets) {
        this.#sink.settled(ticket, 'unknown', Code.noReply, undefined, 1);
      }
      this.#minding();
      return;
    }
    const answers = result?.offsets ?? [];
    settleByPlace(sending, this.#translator, answers, 'unknown', Code.unlisted, this.#sink);
  }

  #failed(sending: Sending, error: Error): void {
    // Who may not send again looks before the next send, as it would have before the next attempt.
    if (this.#options.retries === 0 && isOfStaleMetadata(error)) this.#client.clearMetadata();
    const { outcome, code } = classify(error, 'send');
    const firm = outcome === 'fail' && !sending.tainted && this.#options.acks !== 'none';
    const answers = answeredPartitions(error);
    const otherwise = firm ? 'fail' : 'unknown';
    settleByPlace(sending, this.#translator, answers, otherwise, code, this.#sink);
    this.#numbersForgotten(error);
  }

  /**
   * The client takes a new producer id and numbers everything anew. A call of another partition that is just being made
   * would go under the old id with the new numbers, and be taken for one that is stored: the session ends before that.
   */
  #numbersForgotten(error: unknown): void {
    if (this.#options.idempotent && this.#leadersMayPart && !this.#transactional) this.#end(error);
  }

  #settledSome(sending: Sending): void {
    this.#unsettledBytes -= sending.bytes;
    const next = this.#closed === undefined ? this.#queue.next(sending.lane) : undefined;
    if (next !== undefined) this.#launch(next);
    if (this.#full && this.#options.acks !== 'none' && this.#unsettledBytes < roomBytes) {
      this.#full = false;
      if (this.#closed === undefined) this.#sink.writable(true);
    }
    if (this.#flying.size > 0 || !this.#queue.isEmpty) return;
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  /** Without replies nothing but the sockets says that the broker does not keep up. */
  #minding(): void {
    for (const [, { socket }] of this.#client.connections) {
      if (this.#full || socket.writableLength <= fullBytes) continue;
      this.#full = true;
      this.#sink.writable(false);
      const again = (): void => {
        if (!this.#full || this.#closed !== undefined) return;
        this.#full = false;
        this.#sink.writable(true);
      };
      socket.once('drain', again);
      socket.once('close', again);
    }
  }

  /** The client does not say which call an attempt belongs to: with several in flight none is counted, and all are tainted. */
  #noteRetry(error: unknown): void {
    if (this.#flying.size === 1) for (const sending of this.#flying) sending.attempts += 1;
    this.#taint(error);
  }

  #taint(error: unknown): void {
    // Of a call that has one attempt its own error says everything.
    if (this.#options.retries === 0) return;
    if (isDefinite(error, 'send') && answeredPartitions(error).length === 0) return;
    for (const sending of this.#flying) sending.tainted = true;
  }

  #sweep(): void {
    const oldestNs = this.#actor.nowNs() - this.#options.deliveryTimeoutMs * 1e6;
    for (const sending of this.#flying) {
      if (sending.startedNs >= oldestNs) continue;
      this.#end(
        new AckmarkError('TIMED_OUT', 'a send has had no outcome for too long', {
          hint: 'Look for a broker that accepts connections and does not answer.',
        }),
      );
      return;
    }
  }

  /** Ends the session: the client is closed first, because it must not send bytes that are free again. */
  #end(error: unknown): void {
    if (this.#closed !== undefined) return;
    this.#closed = this.#leave();
    void this.#tell(error);
  }

  async #tell(error: unknown): Promise<void> {
    await this.#closed;
    if (!this.#closedByOwner) this.#sink.disconnected(error);
  }

  #settleAll(code: number): void {
    for (const sending of [...this.#flying, ...this.#queue.clear()]) {
      this.#flying.delete(sending);
      for (const ticket of sending.tickets) {
        this.#sink.settled(ticket, 'unknown', code, undefined, sending.attempts);
      }
      this.#settledSome(sending);
    }
  }

  async #begin(): Promise<Transaction> {
    if (!this.#transactional) {
      throw new AckmarkError('USAGE', 'this producer has no transactional id', {
        hint: 'Give ProducerSpec.transactionalId to a producer that will call begin().',
      });
    }
    await this.flush();
    const transaction = await this.#client.beginTransaction();
    return new KafkaTransaction(
      transaction,
      () => this.flush(),
      (error) => this.#end(error),
    );
  }
}
