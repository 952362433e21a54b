import type { Consumer, ConsumerSink, Delivery, Session } from '../../engines/engine.ts';
import { AckmarkError } from '../core/errors.ts';
import { EventKind } from '../core/events.ts';
import type { ActorReport, ConsumerActorSpec } from './actor.ts';
import { type ConsumerLink as Link, linkOf } from './consumer-link.ts';
import { ConsumerMeter } from './consumer-meter.ts';
import { ConsumerWork } from './consumer-work.ts';
import { CopyBatch } from './copy-batch.ts';
import { CopyJournal } from './copy-journal.ts';
import { type CopyReader, isRequestedLater, readerFor } from './copy-reader.ts';
import { CopyWorker } from './copy-worker.ts';
import { CounterSlot } from './counters.ts';
import { DeadLetterSender } from './dead-letter-sender.ts';
import { plantBetween } from './plant.ts';
import {
  endsWithin,
  engineBrokeContract,
  type Role,
  type RoleContext,
  watermarkEveryMs,
} from './role.ts';
import { SessionKeeper } from './session-keeper.ts';
import { Settlements } from './settlements.ts';

/** How long `finish` waits for work and settlements, and a revocation for what is in hand. */
const finishTimeoutMs = 30_000;
const revokeTimeoutMs = 10_000;
const fenceTimeoutMs = 5_000;
const closeTimeoutMs = 10_000;

/**
 * Receives, verifies, works and settles by its policy. Copies are verified and written down inside
 * `deliver`; everything that calls the engine happens after it has returned.
 */
export class ConsumerRole implements Role {
  readonly ended: Promise<ActorReport>;
  readonly #spec: ConsumerActorSpec;
  readonly #context: RoleContext;
  readonly #keeper: SessionKeeper;
  readonly #reader: CopyReader;
  readonly #meter: ConsumerMeter;
  readonly #journal: CopyJournal;
  readonly #worker: CopyWorker;
  readonly #watermark: NodeJS.Timeout;
  #resolve!: (report: ActorReport) => void;
  #reject!: (error: Error) => void;
  #link: Link = linkOf(-1);
  #settleTicket = 0;
  #isStarted = false;
  #isFinishing = false;
  /** The adapter is leaving: nothing of it may be called any more. */
  #isClosing = false;
  #isOver = false;
  #startCpuMicros = 0;

  constructor(spec: ConsumerActorSpec, context: RoleContext) {
    this.#spec = spec;
    this.#context = context;
    this.ended = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#reader = readerFor(spec);
    this.#meter = new ConsumerMeter(context.counters, spec.replies);
    this.#journal = new CopyJournal(spec, context.events, context.clock);
    this.#worker = this.#workerOf(spec, context);
    this.#keeper = new SessionKeeper(spec, context, spec.subscription, (session, number) =>
      this.#attach(session, number),
    );
    this.#watermark = setInterval(() => {
      context.events.advance(context.clock.nowNs());
    }, watermarkEveryMs);
  }

  async open(): Promise<void> {
    await this.#keeper.open();
  }

  start(_atNs: number): void {
    this.#isStarted = true;
    this.#startCpuMicros = this.#context.cpuMicros();
    this.#request(this.#link, this.#spec.prefetch);
  }

  async fence(): Promise<boolean> {
    const { consumer, isOpen } = this.#link;
    if (consumer === undefined || !isOpen || this.#isClosing) return false;
    if (consumer.fence === undefined) return true;
    return endsWithin(consumer.fence(), fenceTimeoutMs);
  }

  finish(): void {
    if (this.#isFinishing) return;
    this.#isFinishing = true;
    void this.#end();
  }

  async #attach(session: Session, number: number): Promise<void> {
    if (session.consumer === undefined) {
      throw new AckmarkError('BAD_ENGINE', `${this.#spec.name}: the session has no consumer`, {
        hint: 'A session of this engine must offer `consumer`.',
      });
    }
    const { deployed, subscription, instance } = this.#spec;
    const link = linkOf(number);
    link.deadLetters = await this.#deadLettersOf(session, link);
    const make = session.consumer.bind(session);
    const consumer = await plantBetween(
      this.#spec,
      this.#context,
      (sink) => make({ deployed, subscription, instance, start: { at: 'earliest' } }, sink),
      this.#sinkOf(link),
    );
    link.consumer = consumer;
    link.settlements = this.#settlementsOf(consumer);
    this.#link = link;
    if (this.#isStarted) this.#request(link, this.#spec.prefetch);
  }

  async #deadLettersOf(session: Session, link: Link): Promise<DeadLetterSender | undefined> {
    const { tap, deployed } = this.#spec;
    if (tap?.kind !== 'examine' || tap.deadLetters === undefined) return undefined;
    return DeadLetterSender.open(session, deployed, tap.deadLetters, () => this.#lost(link));
  }

  #settlementsOf(consumer: Consumer): Settlements {
    const { counters, clock, events } = this.#context;
    return new Settlements(
      {
        spec: this.#spec,
        clock,
        events,
        decided: (copies, settled) => {
          // Settled first, a copy is in hand until its processing has ended as well.
          if (this.#spec.consumption === 'settle-after-processing') {
            (counters[CounterSlot.unsettledDeliveries] as number) -= copies;
          }
          (counters[CounterSlot.settled] as number) += settled;
        },
        breach: (how, cause) => this.#breach(how, cause),
      },
      consumer,
      this.#settleTicket,
    );
  }

  #sinkOf(link: Link): ConsumerSink {
    const journal = this.#journal;
    return {
      deliver: (batch) => {
        if (this.#isOver) return;
        if (link.isOpen) this.#deliver(link, batch);
        else this.#breach('delivered after it had said that it was disconnected');
      },
      settled: (ticket, index, outcome, code) => {
        if (this.#isOver || !link.isOpen) return;
        link.settlements?.replied(ticket, index, outcome, code);
      },
      assigned: (scopes, generation) => {
        if (!this.#isOver) journal.scopes(EventKind.assigned, link.session, scopes, generation);
      },
      revoking: async (scopes) => {
        await endsWithin(this.#rest(link), revokeTimeoutMs);
        if (!this.#isOver) journal.scopes(EventKind.revoked, link.session, scopes, 0);
      },
      lost: (scopes) => {
        if (!this.#isOver) journal.scopes(EventKind.lost, link.session, scopes, 0);
      },
      // The history has no event for a scope that ends; version 1 judges nothing by it.
      scopeEnded: () => undefined,
      disconnected: () => this.#lost(link),
    };
  }

  #lost(link: Link): void {
    if (!link.isOpen || this.#isOver) return;
    link.isOpen = false;
    if (link === this.#link) void this.#reconnect(link);
  }

  async #reconnect(lost: Link): Promise<void> {
    this.#leave(lost);
    try {
      do await this.#keeper.reopen();
      while (!this.#link.isOpen && !this.#keeper.isStopped);
    } catch (error) {
      this.#fail(error instanceof Error ? error : new Error(String(error)));
    }
  }

  /** What a session that is gone delivered can no longer be settled; only automatic copies are still ours. */
  #leave(link: Link): void {
    link.deadLetters?.abandon();
    link.settlements?.abandon();
    this.#settleTicket = link.settlements?.nextTicket ?? this.#settleTicket;
    if (this.#spec.consumption === 'automatic') return;
    this.#context.counters[CounterSlot.unsettledDeliveries] = this.#worker.drop();
  }

  #request(link: Link, permits: number): void {
    if (!link.isOpen || this.#isFinishing || this.#isOver) return;
    try {
      link.consumer?.request(permits);
    } catch (error) {
      this.#breach('request threw', error);
    }
  }

  #deliver(link: Link, copies: readonly Delivery[]): void {
    const nowNs = this.#context.clock.nowNs();
    const { counters } = this.#context;
    (counters[CounterSlot.delivered] as number) += copies.length;
    (counters[CounterSlot.unsettledDeliveries] as number) += copies.length;
    this.#meter.delivered(nowNs, copies.length);
    // What comes while the adapter leaves can no longer be settled: it is written down and left alone.
    const isLeft = this.#isClosing && this.#spec.consumption !== 'automatic';
    const batch = isLeft ? new CopyBatch(link.session) : this.#worker.batchFor(link.session);
    for (const copy of copies) this.#take(batch, copy, nowNs);
    if (!isLeft) this.#worker.begin();
  }

  #take(batch: CopyBatch, copy: Delivery, nowNs: number): void {
    const reader = this.#reader;
    const verdict = reader.read(copy.body, copy.key, copy.headers);
    const { header } = reader;
    if (isRequestedLater(copy, nowNs)) this.#breach('said that a copy was requested later');
    const isKnown = verdict !== 'unknown';
    batch.add(copy, header.lane, header.seq, isKnown);
    this.#journal.delivered(batch.session, copy, verdict, reader, nowNs);
    const isFirst = copy.redelivered !== true && (copy.attempt ?? 1) <= 1;
    if (isKnown && isFirst) this.#meter.firstSeen(nowNs, header, copy);
  }

  #workerOf(spec: ConsumerActorSpec, context: RoleContext): CopyWorker {
    const isCurrent = (session: number): boolean =>
      this.#link.isOpen && this.#link.session === session;
    return new CopyWorker({
      spec,
      journal: this.#journal,
      work: new ConsumerWork(spec, context.clock),
      counters: context.counters,
      settlementsOf: (session) =>
        isCurrent(session) && !this.#isClosing ? this.#link.settlements : undefined,
      isCurrent,
      deadLettersOf: (session) => (isCurrent(session) ? this.#link.deadLetters : undefined),
      done: (session, copies) => {
        if (isCurrent(session)) this.#request(this.#link, copies);
      },
      failed: (error) => this.#fail(error instanceof Error ? error : new Error(String(error))),
    });
  }

  /** Resolves when all that was delivered has been worked on and its settlements are decided. */
  async #rest(link: Link): Promise<void> {
    await this.#worker.rest();
    if (link.isOpen) await link.settlements?.atMost(0);
  }

  async #end(): Promise<void> {
    await endsWithin(this.#rest(this.#link), finishTimeoutMs);
    if (this.#isOver) return;
    this.#isClosing = true;
    const { consumer, isOpen, deadLetters } = this.#link;
    if (consumer !== undefined && isOpen) {
      await endsWithin(Promise.resolve(deadLetters?.close()), closeTimeoutMs);
      await endsWithin(
        Promise.resolve().then(() => consumer.close()),
        closeTimeoutMs,
      );
    }
    // Copies that came while it closed: automatic ones are the consumer's to process.
    await endsWithin(this.#rest(this.#link), finishTimeoutMs);
    if (this.#isOver) return;
    this.#link.settlements?.abandon();
    await this.#keeper.close();
    this.#isOver = true;
    clearInterval(this.#watermark);
    this.#resolve(this.#meter.finish(this.#context.cpuMicros() - this.#startCpuMicros));
  }

  #breach(how: string, cause?: unknown): void {
    this.#fail(engineBrokeContract(this.#spec.name, how, cause));
  }

  #fail(error: Error): void {
    this.#isOver = true;
    this.#keeper.stop();
    clearInterval(this.#watermark);
    this.#reject(error);
  }
}
