import { setTimeout as pause } from 'node:timers/promises';
import type { Consumer, ConsumerSink, Delivery, Session } from '../../engines/engine.ts';
import { AckmarkError } from '../core/errors.ts';
import {
  emptyEvent,
  EventKind,
  type EventRecord,
  Flag,
  noLane,
  OutcomeCode,
} from '../core/events.ts';
import type { ActorReport, ConsumerActorSpec } from './actor.ts';
import { bodyTemplate } from './body.ts';
import { ConsumerMeter } from './consumer-meter.ts';
import { CopyBatch } from './copy-batch.ts';
import { CopyReader } from './copy-reader.ts';
import { CounterSlot } from './counters.ts';
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
/** Replies of settlements may lag so many prefetches behind before the consumer waits for them. */
const undecidedPrefetches = 4;

interface Link {
  readonly session: number;
  consumer: Consumer | undefined;
  settlements: Settlements | undefined;
  isOpen: boolean;
}

const notConnected: Link = {
  session: -1,
  consumer: undefined,
  settlements: undefined,
  isOpen: false,
};

/**
 * Receives, verifies, works and settles by its policy. Copies are verified and written down inside
 * `deliver`; everything that calls the engine happens after it has returned. With work that takes time
 * each delivered batch is worked on by itself, in order; without, whatever has arrived is one batch.
 */
export class ConsumerRole implements Role {
  readonly ended: Promise<ActorReport>;
  readonly #spec: ConsumerActorSpec;
  readonly #context: RoleContext;
  readonly #keeper: SessionKeeper;
  readonly #reader: CopyReader;
  readonly #meter: ConsumerMeter;
  readonly #event = emptyEvent();
  readonly #watermark: NodeJS.Timeout;
  readonly #queue: CopyBatch[] = [];
  readonly #restWaiting = new Set<() => void>();
  #resolve!: (report: ActorReport) => void;
  #reject!: (error: Error) => void;
  #link: Link = notConnected;
  #settleTicket = 0;
  #isWorking = false;
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
    this.#reader = new CopyReader(spec.run, bodyTemplate(spec.run, spec.payloadBytes));
    this.#meter = new ConsumerMeter();
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
    const { deployed, subscription } = this.#spec;
    const link: Link = {
      session: number,
      consumer: undefined,
      settlements: undefined,
      isOpen: true,
    };
    const make = session.consumer.bind(session);
    const consumer = await plantBetween(
      this.#spec,
      this.#context,
      (sink) => make({ deployed, subscription, start: { at: 'earliest' } }, sink),
      this.#sinkOf(link),
    );
    link.consumer = consumer;
    link.settlements = this.#settlementsOf(consumer);
    this.#link = link;
    if (this.#isStarted) this.#request(link, this.#spec.prefetch);
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
        this.#recordScopes(EventKind.assigned, link, scopes, generation);
      },
      revoking: async (scopes) => {
        await endsWithin(this.#rest(link), revokeTimeoutMs);
        this.#recordScopes(EventKind.revoked, link, scopes, 0);
      },
      lost: (scopes) => {
        this.#recordScopes(EventKind.lost, link, scopes, 0);
      },
      // The history has no event for a scope that ends; version 1 judges nothing by it.
      scopeEnded: () => undefined,
      disconnected: () => {
        if (!link.isOpen || this.#isOver) return;
        link.isOpen = false;
        if (link === this.#link) void this.#reconnect(link);
      },
    };
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
    link.settlements?.abandon();
    this.#settleTicket = link.settlements?.nextTicket ?? this.#settleTicket;
    if (this.#spec.consumption === 'automatic') return;
    this.#queue.length = 0;
    this.#context.counters[CounterSlot.unsettledDeliveries] = 0;
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
    const batch = isLeft ? new CopyBatch(link.session) : this.#openBatch(link.session);
    for (const copy of copies) this.#take(batch, copy, nowNs);
    if (this.#isWorking) return;
    this.#isWorking = true;
    queueMicrotask(() => void this.#work());
  }

  /** Everything that waits is worked on as one batch, as in a poll loop: small ones would breed smaller ones. */
  #openBatch(session: number): CopyBatch {
    const last = this.#queue.at(-1);
    if (last?.session === session) return last;
    const batch = new CopyBatch(session);
    this.#queue.push(batch);
    return batch;
  }

  #take(batch: CopyBatch, copy: Delivery, nowNs: number): void {
    const reader = this.#reader;
    const verdict = reader.read(copy.body);
    const { header } = reader;
    const isKnown = verdict !== 'unknown';
    batch.add(copy, header.lane, header.seq, isKnown);
    const event = this.#about(EventKind.deliver, batch.session, copy, nowNs);
    event.lane = isKnown ? header.lane : noLane;
    event.seq = isKnown ? header.seq : 0;
    if (verdict !== 'intact') {
      event.kind = EventKind.corrupted;
      event.detail = reader.detail;
      this.#context.events.append(event);
      event.kind = EventKind.deliver;
      event.detail = 0;
    }
    if (!isKnown) return;
    this.#context.events.append(event);
    if (copy.redelivered !== true && (copy.attempt ?? 1) <= 1) this.#meter.firstSeen(nowNs, header);
  }

  async #work(): Promise<void> {
    try {
      for (let batch = this.#queue.shift(); batch !== undefined; batch = this.#queue.shift()) {
        await this.#workOn(batch);
      }
    } catch (error) {
      this.#fail(error instanceof Error ? error : new Error(String(error)));
    }
    this.#isWorking = false;
    for (const wake of this.#restWaiting) wake();
    this.#restWaiting.clear();
  }

  async #workOn(batch: CopyBatch): Promise<void> {
    const { consumption, workMs } = this.#spec;
    const mayProcess =
      consumption === 'settle-before-processing' ? await this.#settleFirst(batch) : everything;
    this.#recordProcessing(EventKind.processStart, batch, mayProcess);
    if (workMs > 0) await pause(workMs);
    this.#recordProcessing(EventKind.processDone, batch, mayProcess);
    this.#countProcessed(batch);
    if (consumption === 'settle-after-processing') this.#settlementsFor(batch)?.settle(batch);
    await this.#settlementsFor(batch)?.atMost(undecidedPrefetches * this.#spec.prefetch);
    if (batch.session === this.#link.session) this.#request(this.#link, batch.length);
  }

  #countProcessed(batch: CopyBatch): void {
    const { consumption } = this.#spec;
    const { counters } = this.#context;
    if (consumption === 'automatic') {
      (counters[CounterSlot.settled] as number) += batch.length;
    }
    // What a lost session had delivered was counted off when it was left.
    const isInHand =
      consumption === 'automatic' ||
      (consumption === 'settle-before-processing' &&
        this.#link.isOpen &&
        batch.session === this.#link.session);
    if (isInHand) (counters[CounterSlot.unsettledDeliveries] as number) -= batch.length;
  }

  /** Only what is certainly settled is processed: anything else may come again, to somebody else. */
  async #settleFirst(batch: CopyBatch): Promise<(index: number) => boolean> {
    const settlements = this.#settlementsFor(batch);
    if (settlements === undefined) return nothing;
    const ranges = settlements.settle(batch);
    if (this.#spec.ackReply !== 'each') return everything;
    await settlements.decided(ranges);
    const isSettled = new Uint8Array(batch.length);
    for (const { from, outcomes } of ranges) {
      outcomes.forEach((outcome, i) => {
        isSettled[from + i] = outcome === OutcomeCode.ok ? 1 : 0;
      });
    }
    return (index) => isSettled[index] === 1;
  }

  #settlementsFor(batch: CopyBatch): Settlements | undefined {
    const link = this.#link;
    const isUsable = link.isOpen && !this.#isClosing && link.session === batch.session;
    return isUsable ? link.settlements : undefined;
  }

  #recordProcessing(
    kind: EventKind,
    batch: CopyBatch,
    mayProcess: (index: number) => boolean,
  ): void {
    const nowNs = this.#context.clock.nowNs();
    for (let i = 0; i < batch.length; i += 1) {
      const copy = batch.deliveries[i];
      if (copy === undefined || !batch.known[i] || !mayProcess(i)) continue;
      const event = this.#about(kind, batch.session, copy, nowNs);
      event.lane = batch.lanes[i] as number;
      event.seq = batch.seqs[i] as number;
      this.#context.events.append(event);
    }
  }

  /** The reused event with what the delivery says; lane and seq are the caller's. */
  #about(kind: EventKind, session: number, copy: Delivery, nowNs: number): EventRecord {
    const event = this.#event;
    event.kind = kind;
    event.actor = this.#spec.actor;
    event.group = this.#spec.subscription;
    event.session = session;
    event.timeNs = nowNs;
    event.detail = 0;
    event.attempt = copy.attempt ?? 0;
    event.flags =
      (copy.redelivered === true ? Flag.redelivered : 0) |
      (copy.redelivered === undefined ? 0 : Flag.flagKnown) |
      (copy.place === undefined ? 0 : Flag.placed) |
      (copy.requestedNs === undefined ? 0 : Flag.pulled);
    event.scope = copy.place?.scope ?? 0;
    event.positionMajor = copy.place?.position.major ?? 0;
    event.positionMinor = copy.place?.position.minor ?? 0;
    event.auxNs = copy.requestedNs ?? -1;
    event.ref = copy.leaseMs ?? 0;
    return event;
  }

  #recordScopes(kind: EventKind, link: Link, scopes: readonly number[], generation: number): void {
    if (this.#isOver) return;
    const timeNs = this.#context.clock.nowNs();
    for (const scope of scopes) {
      this.#context.events.append({
        ...emptyEvent(),
        kind,
        actor: this.#spec.actor,
        group: this.#spec.subscription,
        session: link.session,
        timeNs,
        scope,
        ref: generation >>> 0,
      });
    }
  }

  /** Resolves when all that was delivered has been worked on and its settlements are decided. */
  async #rest(link: Link): Promise<void> {
    while (this.#isWorking) {
      await new Promise<void>((resolve) => {
        this.#restWaiting.add(resolve);
      });
    }
    if (link.isOpen) await link.settlements?.atMost(0);
  }

  async #end(): Promise<void> {
    await endsWithin(this.#rest(this.#link), finishTimeoutMs);
    if (this.#isOver) return;
    this.#isClosing = true;
    const { consumer, isOpen } = this.#link;
    if (consumer !== undefined && isOpen) {
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

const everything = (): boolean => true;
const nothing = (): boolean => false;
