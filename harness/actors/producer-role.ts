import type { Outcome, Place } from '../../engines/engine.ts';
import type { ActorReport, ProducerActorSpec } from './actor.ts';
import { numberInLoad } from './arrivals/share.ts';
import { CounterSlot } from './counters.ts';
import type { LaneNumbers } from './draws/lane-numbers.ts';
import { laneNumbersOf } from './draws/users.ts';
import { GeneratorDelay } from './generator-delay.ts';
import { InFlight, inFlightCapacity } from './in-flight.ts';
import { OutgoingBatch } from './outgoing-batch.ts';
import { createPacer, type Pacer } from './pacer.ts';
import { PacingTime } from './pacing-time.ts';
import { ProducerLink } from './producer-link.ts';
import { ProducerMeter } from './producer-meter.ts';
import { type Resend, RetryQueue } from './retry-queue.ts';
import { noAnswerCode, type Role, type RoleContext, watermarkEveryMs } from './role.ts';
import { heldBack, type Schedule, scheduleOf } from './schedule.ts';
import { SendJournal } from './send-journal.ts';
import { TurnClock } from './turn-clock.ts';

/** After so long the pacer lets answers in, also when it is behind: catching up must not delay them. */
const turnBudgetNs = 500_000;

/**
 * Sends what its schedule asks for, to lanes that are dense and, where keys take turns, fill evenly, also when
 * overdue sends are dropped.
 *
 * Retry by the harness repeats a message of unknown outcome under the same identity after a pause. Resends
 * leave in the order of their first sends, and on ordered lanes no new message leaves before them: a
 * connection that lost a suffix of its sends keeps every lane in order. If the engine applied a later send
 * of the lane and not an earlier one (answers lost one by one), the resend comes out of order, as with any
 * client that has more than one send in flight; O2 then shows it.
 */
export class ProducerRole implements Role {
  readonly ended: Promise<ActorReport>;
  readonly #spec: ProducerActorSpec;
  readonly #context: RoleContext;
  readonly #link: ProducerLink;
  readonly #journal: SendJournal;
  readonly #pacer: Pacer;
  readonly #batch: OutgoingBatch;
  readonly #lanes: LaneNumbers;
  readonly #inFlight: InFlight;
  readonly #retries: RetryQueue;
  readonly #attempts: number;
  readonly #meter: ProducerMeter;
  readonly #delay = new GeneratorDelay();
  readonly #pacing = new PacingTime();
  readonly #turn: TurnClock;
  readonly #watermark: NodeJS.Timeout;
  #resolve!: (report: ActorReport) => void;
  #reject!: (error: Error) => void;
  #schedule: Schedule | undefined;
  #startNs = 0;
  /** Next index of the schedule. */
  #next = 0;
  /** Messages that have left. */
  #sent = 0;
  #deadlineNs = Number.POSITIVE_INFINITY;
  #isExhausted = false;
  #isFinishing = false;
  #isOver = false;

  constructor(spec: ProducerActorSpec, context: RoleContext) {
    this.#spec = spec;
    this.#context = context;
    this.ended = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#batch = new OutgoingBatch(spec);
    this.#lanes = laneNumbersOf(spec);
    this.#inFlight = new InFlight(inFlightCapacity(spec.load.messages));
    this.#attempts = spec.retry.by === 'harness' ? Math.max(1, spec.retry.attempts) : 1;
    this.#retries = new RetryQueue(spec.retry.by === 'harness' ? spec.retry.pauseMs : 0);
    this.#meter = new ProducerMeter(spec.load.warmupMessages, context);
    this.#pacer = createPacer(spec.pacing, () => this.#tick());
    this.#turn = new TurnClock(context.clock, () => {
      if (spec.load.kind === 'closed') this.#pacer.nudge();
    });
    this.#journal = new SendJournal(spec.actor, context.events, this.#inFlight, this.#attempts);
    this.#link = this.#linkOf(spec, context);
    const advance = (): void => context.events.advance(context.clock.nowNs());
    this.#watermark = setInterval(advance, watermarkEveryMs);
  }

  async open(): Promise<void> {
    await this.#link.open();
  }

  start(atNs: number): void {
    this.#startNs = atNs;
    this.#meter.start();
    const isReleased = (): boolean => this.#context.counters[CounterSlot.isReleased] === 1;
    this.#schedule = heldBack(scheduleOf(this.#spec, atNs), this.#spec.unheld, isReleased);
    this.#pacer.start();
  }

  async fence(): Promise<boolean> {
    return true;
  }

  finish(): void {
    this.#isFinishing = true;
    if (this.#schedule === undefined) void this.#end();
    else this.#pacer.nudge();
  }

  #tick(): boolean {
    const nowNs = this.#pacing.goesOn(this.#context.clock.nowNs());
    const isBehind = nowNs >= this.#startNs && this.#pump(nowNs);
    this.#pacing.stands(this.#context.clock.nowNs());
    if (this.#isOver) return false;
    if (this.#isDone(nowNs)) void this.#end();
    return isBehind;
  }

  /** @returns whether there is more to send at once */
  #pump(tickNs: number): boolean {
    const budgetEndsNs = tickNs + turnBudgetNs;
    let nowNs = tickNs;
    while (this.#link.isReady && !this.#isOver) {
      const left = this.#sendNext(nowNs);
      if (left < 0) return false;
      nowNs = left;
      if (nowNs > budgetEndsNs) return true;
    }
    return false;
  }

  /** Sends one batch. @returns when the client returned, or -1 when nothing may leave now */
  #sendNext(nowNs: number): number {
    const limit = Math.min(this.#batch.limit, this.#inFlight.room);
    if (this.#retries.length > 0) {
      const again = this.#retries.take(limit, nowNs);
      if (again.length > 0) return this.#resend(again, nowNs);
      if (this.#spec.lanes.ordered) return -1;
    }
    const schedule = this.#schedule;
    if (schedule === undefined || this.#isFinishing) return -1;
    const overdue = schedule.overdue(nowNs, this.#next);
    if (overdue > 0) {
      this.#meter.dropped(this.#next, overdue);
      this.#next += overdue;
    }
    const waiting = this.#inFlight.outstanding + this.#retries.length;
    const ready = schedule.ready(nowNs, this.#next, waiting);
    if (ready <= 0) return this.#delay.caughtUp();
    const departureNs = schedule.departureNs(this.#next, this.#batch.limit, ready, nowNs);
    if (departureNs > nowNs) return this.#delay.caughtUp();
    if (limit === 0) {
      this.#isExhausted = true;
      return -1;
    }
    return this.#sendNew(schedule, Math.min(ready, limit), departureNs, nowNs);
  }

  #sendNew(schedule: Schedule, messages: number, departureNs: number, nowNs: number): number {
    const { lanes, share } = this.#spec;
    if (this.#context.counters[CounterSlot.isMeasured] === 1) this.#meter.measureFrom(this.#next);
    let put = 0;
    this.#batch.clear();
    this.#delay.leaving(nowNs);
    while (put < messages && !this.#batch.isFull) {
      const index = this.#next;
      const bucket = this.#lanes.next(numberInLoad(share, index));
      const intendedNs = schedule.intendedNs(index, nowNs);
      this.#next += 1;
      put += 1;
      this.#meter.waited(index, intendedNs, departureNs, this.#delay, nowNs);
      this.#put(index, lanes.first + bucket, this.#lanes.seq, 1, intendedNs, nowNs);
    }
    this.#sent += put;
    this.#context.counters[CounterSlot.sent] = this.#sent;
    return this.#handOver(nowNs, put);
  }

  #resend(messages: readonly Resend[], nowNs: number): number {
    this.#batch.clear();
    for (const { index, lane, seq, attempt, intendedNs } of messages) {
      if (this.#batch.isFull) {
        this.#handOver(nowNs, 0);
        this.#batch.clear();
      }
      this.#put(index, lane, seq, attempt, intendedNs, nowNs);
    }
    this.#meter.resent(nowNs, messages.length);
    return this.#handOver(nowNs, 0);
  }

  /** Adds one message to the batch and its invocation to the history. */
  #put(
    index: number,
    lane: number,
    seq: number,
    attempt: number,
    intendedNs: number,
    nowNs: number,
  ): void {
    const inFlight = this.#inFlight;
    const slot = inFlight.put(index, lane, seq, attempt, intendedNs, nowNs);
    const ticket = inFlight.ticket[slot] as number;
    const header = this.#batch.header;
    header.lane = lane;
    header.seq = seq;
    header.attempt = attempt;
    header.intendedNs = intendedNs;
    header.warmup = this.#meter.isWarmup(index);
    header.sentNs = nowNs;
    inFlight.slab[slot] = this.#batch.add(ticket, lane - this.#spec.lanes.first);
    this.#journal.invoked(slot, nowNs);
  }

  #handOver(nowNs: number, newMessages: number): number {
    this.#context.counters[CounterSlot.unsettledSends] = this.#inFlight.outstanding;
    if (newMessages > 0) this.#meter.batchSent(nowNs, newMessages);
    this.#pacing.stands(this.#context.clock.nowNs());
    this.#link.send(this.#batch.messages);
    return this.#delay.free(this.#pacing.goesOn(this.#context.clock.nowNs()));
  }

  #linkOf(spec: ProducerActorSpec, context: RoleContext): ProducerLink {
    return new ProducerLink(spec, context, this.#inFlight, {
      settled: (slot, outcome, code, place, attempts) =>
        this.#settled(slot, outcome, code, place, attempts),
      returned: (slot) => this.#journal.returned(slot, this.#turn.nowNs()),
      throttled: (sends) => this.#meter.throttled(sends),
      free: (session) => {
        this.#journal.session = session;
        this.#delay.free(this.#context.clock.nowNs());
        this.#pacer.nudge();
      },
      failed: (error) => this.#fail(error),
    });
  }

  #settled(
    slot: number,
    outcome: Outcome,
    code: number,
    place: Place | undefined,
    attempts: number,
  ): void {
    const nowNs = this.#turn.nowNs();
    this.#journal.settled(slot, nowNs, outcome, code, place, attempts);
    const inFlight = this.#inFlight;
    const index = inFlight.index[slot] as number;
    const intendedNs = inFlight.intendedNs[slot] as number;
    const attempt = inFlight.attempt[slot] as number;
    if (outcome === 'ok') {
      this.#meter.acknowledged(index, nowNs, intendedNs, inFlight.sentNs[slot] as number);
      (this.#context.counters[CounterSlot.acknowledged] as number) += 1;
    } else this.#meter.unacknowledged(nowNs, outcome);
    if (outcome === 'unknown' && attempt < this.#attempts) {
      const lane = inFlight.lane[slot] as number;
      const seq = inFlight.seq[slot] as number;
      this.#retries.add({ lane, seq, attempt: attempt + 1, intendedNs, index }, nowNs);
    }
    this.#batch.settled(inFlight.slab[slot] as number, outcome === 'ok');
    inFlight.release(slot);
    this.#context.counters[CounterSlot.unsettledSends] = inFlight.outstanding;
    if (this.#isExhausted) {
      this.#isExhausted = false;
      this.#delay.free(nowNs);
    }
  }

  #isDone(nowNs: number): boolean {
    if (!this.#isFinishing && this.#next < this.#spec.load.messages) return false;
    if (this.#inFlight.outstanding + this.#retries.length === 0) return true;
    if (this.#deadlineNs === Number.POSITIVE_INFINITY) {
      this.#deadlineNs = nowNs + this.#spec.settleTimeoutMs * 1e6;
    }
    return nowNs > this.#deadlineNs;
  }

  async #end(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#pacer.stop();
    const nowNs = this.#context.clock.nowNs();
    for (const slot of this.#inFlight.openSlots()) {
      this.#journal.settled(slot, nowNs, 'unknown', noAnswerCode, undefined, 0);
      this.#inFlight.release(slot);
    }
    this.#context.counters[CounterSlot.unsettledSends] = 0;
    await this.#link.close();
    clearInterval(this.#watermark);
    this.#resolve(this.#meter.finish(this.#pacing.totalNs));
  }

  #fail(error: Error): void {
    this.#isOver = true;
    this.#pacer.stop();
    this.#link.abandon();
    clearInterval(this.#watermark);
    this.#reject(error);
  }
}
