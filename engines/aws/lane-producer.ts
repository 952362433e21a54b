import { invariant } from '../../harness/core/errors.ts';
import { hashText } from '../../harness/core/random.ts';
import { atMost } from '../at-most.ts';
import type { Limit, Outgoing, Place, Producer, ProducerSink, Transaction } from '../engine.ts';
import { onlyRefusedBefore, wasThrottled } from './attempt-ends.ts';
import { failureOf } from './call-failures.ts';
import { AwsCode, outcomeOf } from './outcomes.ts';
import { SendLane, type Waiting } from './send-lane.ts';

/** How long `close` waits for answers. */
const farewellMs = 2_000;
/** Before what a limit refused is sent again; doubled as long as it refuses something. */
const firstPauseMs = 50;
const longestPauseMs = 200;

/** What a service is asked for its messages. */
export interface BatchService<E> {
  /** Why a message cannot be sent at all; undefined when it can. */
  refusalOf(message: Outgoing): AwsCode | undefined;
  entryOf(message: Outgoing): E;
  /** What must not be overtaken by others of the same name; undefined: anything may be. */
  orderedBy(message: Outgoing): string | undefined;
  /** One call. @returns how it ended for each entry, in their order; rejects where the whole call failed */
  send(destination: number, messages: readonly Waiting<E>[]): Promise<BatchAnswer>;
}

export interface BatchAnswer {
  readonly attempts: number;
  readonly ends: readonly EntryEnd[];
  /** A limit refused one of the attempts; absent: the client does not tell. */
  readonly wasThrottled?: boolean;
}

export interface EntryEnd {
  readonly code: AwsCode;
  /** Where it was stored, of a service that has places. */
  readonly place: Place | undefined;
}

const unplaced = (code: AwsCode): EntryEnd => ({ code, place: undefined });
const unmentioned = unplaced(AwsCode.notUnderstood);

export interface LaneManner {
  /** Calls open at once. */
  readonly lanes: number;
  readonly limit: Limit;
  /** Unsettled messages at which a pause is asked for. */
  readonly bufferMessages: number;
  /** How long a call that is not full waits for more; absent: not at all. */
  readonly lingerMs?: number;
  /** For how long what a limit refused, and nothing was done of, is sent again; absent: not at all. */
  readonly throttledForMs?: number;
}

/** What was refused so far, and is sent again. */
interface Throttled {
  readonly attempts: number;
  readonly untilMs: number;
}

/** How a call ended. */
interface Called<E> {
  readonly isKnown: boolean;
  /** What is to be sent again. */
  readonly again: readonly Waiting<E>[];
}

/**
 * Sends batches over several lanes, each of which has one call open at a time. What must keep its order shares a lane,
 * so that none overtakes another in a connection beside; and where the outcome of one is not known, what waits behind
 * it is held back, so that the harness sends all of them again in their order. A connection that fails ends the
 * session: whoever sends goes on when there is somebody to send to.
 */
export class LaneProducer<E> implements Producer {
  readonly #service: BatchService<E>;
  readonly #bufferMessages: number;
  readonly #lingerMs: number;
  readonly #throttledForMs: number;
  readonly #sink: ProducerSink;
  readonly #lanes: readonly SendLane<E>[];
  readonly #open = new Set<number>();
  readonly #throttled = new Map<number, Throttled>();
  readonly #flushed: (() => void)[] = [];
  #turn = 0;
  #toldWritable = true;
  #isBroken = false;
  #closing: Promise<void> | undefined;

  constructor(service: BatchService<E>, manner: LaneManner, sink: ProducerSink) {
    this.#service = service;
    this.#bufferMessages = manner.bufferMessages;
    this.#lingerMs = manner.lingerMs ?? 0;
    this.#throttledForMs = manner.throttledForMs ?? 0;
    this.#sink = sink;
    this.#lanes = Array.from({ length: manner.lanes }, () => new SendLane<E>(manner.limit));
  }

  send(batch: readonly Outgoing[], transaction?: Transaction): void {
    invariant(transaction === undefined, 'AWS has no transactions of messages');
    this.#turn += 1;
    for (const message of batch) this.#take(message);
    for (const lane of this.#lanes) this.#pump(lane);
    this.#tellWritable();
  }

  async flush(): Promise<void> {
    if (this.#open.size === 0) return;
    await new Promise<void>((resolve) => this.#flushed.push(resolve));
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    if (!this.#isBroken) await atMost(this.flush(), farewellMs);
    for (const ticket of this.#open) this.#settle(ticket, unplaced(AwsCode.closedByUs));
  }

  #take(message: Outgoing): void {
    const { ticket, destination } = message;
    this.#open.add(ticket);
    const isOver = this.#isBroken || this.#isClosing;
    const refusal = isOver ? AwsCode.notConnected : this.#service.refusalOf(message);
    if (refusal !== undefined) {
      queueMicrotask(() => this.#settle(ticket, unplaced(refusal)));
      return;
    }
    const entry = this.#service.entryOf(message);
    const ordered = this.#service.orderedBy(message);
    const waiting = {
      ticket,
      destination,
      bytes: message.body.length,
      entry,
      isOrdered: ordered !== undefined,
    };
    this.#laneOf(ordered).push(waiting);
  }

  /** Where nothing is ordered, a batch stays together. */
  #laneOf(ordered: string | undefined): SendLane<E> {
    const number = ordered === undefined ? this.#turn : hashText(ordered);
    const lane = this.#lanes[number % this.#lanes.length];
    invariant(lane !== undefined, 'there is a lane for every number');
    return lane;
  }

  #pump(lane: SendLane<E>): void {
    if (lane.isBusy || this.#isBroken || lane.isEmpty) return;
    if (this.#lingerMs === 0 || lane.isFull) return this.#depart(lane);
    if (lane.isAwaited) return;
    lane.isAwaited = true;
    setTimeout(() => {
      lane.isAwaited = false;
      if (!lane.isBusy && !this.#isBroken) this.#depart(lane);
    }, this.#lingerMs);
  }

  #depart(lane: SendLane<E>): void {
    const messages = lane.cut();
    if (messages.length === 0) return;
    lane.isBusy = true;
    void this.#call(messages).then(({ isKnown, again }) => {
      lane.putBack(again);
      const isUnsure = !isKnown && messages.some(({ isOrdered }) => isOrdered);
      if (isUnsure || this.#isBroken) this.#holdBack(lane);
      if (again.length > 0) return this.#rest(lane);
      lane.pausedMs = 0;
      lane.isBusy = false;
      this.#pump(lane);
    });
  }

  #rest(lane: SendLane<E>): void {
    lane.pausedMs = Math.min(longestPauseMs, Math.max(firstPauseMs, 2 * lane.pausedMs));
    setTimeout(() => {
      lane.isBusy = false;
      this.#pump(lane);
    }, lane.pausedMs).unref();
  }

  #holdBack(lane: SendLane<E>): void {
    for (const { ticket } of lane.clear()) this.#settle(ticket, unplaced(AwsCode.heldBack));
  }

  async #call(messages: readonly Waiting<E>[]): Promise<Called<E>> {
    let answer: BatchAnswer;
    try {
      answer = await this.#service.send(messages[0]?.destination ?? -1, messages);
    } catch (error) {
      const { code, attempts, isOfConnection } = failureOf(error, onlyRefusedBefore(error));
      if (wasThrottled(error) && code !== AwsCode.throttled) {
        this.#sink.throttled?.(messages.length);
      }
      const again = this.#settleAll(messages, () => unplaced(code), attempts);
      if (isOfConnection) this.#breakOff(error);
      return { isKnown: outcomeOf(code) !== 'unknown', again };
    }
    if (answer.wasThrottled === true) this.#sink.throttled?.(messages.length);
    const endOf = (index: number): EntryEnd => answer.ends[index] ?? unmentioned;
    const again = this.#settleAll(messages, endOf, answer.attempts);
    return { isKnown: answer.ends.every(({ code }) => outcomeOf(code) !== 'unknown'), again };
  }

  /** @returns what is not settled yet, because a limit refused it and there is time to try again */
  #settleAll(
    messages: readonly Waiting<E>[],
    endOf: (index: number) => EntryEnd,
    attempts: number,
  ): readonly Waiting<E>[] {
    return messages.filter(({ ticket }, index) => {
      const end = endOf(index);
      if (end.code === AwsCode.throttled && this.#isTriedAgain(ticket, attempts)) return true;
      this.#settle(ticket, end, attempts);
      return false;
    });
  }

  #isTriedAgain(ticket: number, attempts: number): boolean {
    if (this.#throttledForMs === 0 || this.#isBroken || this.#isClosing) return false;
    const nowMs = performance.now();
    const before = this.#throttled.get(ticket);
    const untilMs = before?.untilMs ?? nowMs + this.#throttledForMs;
    if (nowMs >= untilMs || !this.#open.has(ticket)) return false;
    this.#throttled.set(ticket, { attempts: (before?.attempts ?? 0) + attempts, untilMs });
    return true;
  }

  #settle(ticket: number, { code, place }: EntryEnd, attempts = 1): void {
    if (!this.#open.delete(ticket)) return;
    const refused = this.#throttled.get(ticket);
    this.#throttled.delete(ticket);
    if (refused !== undefined && code !== AwsCode.throttled) this.#sink.throttled?.(1);
    const all = attempts + (refused?.attempts ?? 0);
    this.#sink.settled(ticket, outcomeOf(code), code, place, all);
    this.#tellWritable();
    if (this.#open.size > 0) return;
    for (const resolve of this.#flushed.splice(0)) resolve();
  }

  #breakOff(error: unknown): void {
    if (this.#isBroken) return;
    this.#isBroken = true;
    // What comes before the end is told would be refused, and nobody would send it again.
    if (!this.#isClosing) this.#sink.writable(false);
    for (const lane of this.#lanes) this.#holdBack(lane);
    void this.#tellBroken(error);
  }

  /** When the calls that are still open have ended, which they do in time. */
  async #tellBroken(error: unknown): Promise<void> {
    await this.flush();
    if (!this.#isClosing) this.#sink.disconnected(error);
  }

  get #isClosing(): boolean {
    return this.#closing !== undefined;
  }

  #tellWritable(): void {
    const writable = this.#open.size < this.#bufferMessages;
    if (writable === this.#toldWritable || this.#isBroken || this.#isClosing) return;
    this.#toldWritable = writable;
    this.#sink.writable(writable);
  }
}
