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
  readonly #sink: ProducerSink;
  readonly #lanes: readonly SendLane<E>[];
  readonly #open = new Set<number>();
  readonly #flushed: (() => void)[] = [];
  #turn = 0;
  #toldWritable = true;
  #isBroken = false;
  #closing: Promise<void> | undefined;

  constructor(service: BatchService<E>, manner: LaneManner, sink: ProducerSink) {
    this.#service = service;
    this.#bufferMessages = manner.bufferMessages;
    this.#lingerMs = manner.lingerMs ?? 0;
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
    void this.#call(messages).then((isKnown) => {
      lane.isBusy = false;
      if (!isKnown && messages.some(({ isOrdered }) => isOrdered)) this.#holdBack(lane);
      this.#pump(lane);
    });
  }

  #holdBack(lane: SendLane<E>): void {
    for (const { ticket } of lane.clear()) this.#settle(ticket, unplaced(AwsCode.heldBack));
  }

  /** @returns whether the outcome of each message is known */
  async #call(messages: readonly Waiting<E>[]): Promise<boolean> {
    let answer: BatchAnswer;
    try {
      answer = await this.#service.send(messages[0]?.destination ?? -1, messages);
    } catch (error) {
      const { code, attempts, isOfConnection } = failureOf(error, onlyRefusedBefore(error));
      if (wasThrottled(error) && code !== AwsCode.throttled) {
        this.#sink.throttled?.(messages.length);
      }
      const end = unplaced(code);
      for (const { ticket } of messages) this.#settle(ticket, end, attempts);
      if (isOfConnection) this.#breakOff(error);
      return outcomeOf(code) !== 'unknown';
    }
    if (answer.wasThrottled === true) this.#sink.throttled?.(messages.length);
    for (const [index, { ticket }] of messages.entries()) {
      this.#settle(ticket, answer.ends[index] ?? unmentioned, answer.attempts);
    }
    return answer.ends.every(({ code }) => outcomeOf(code) !== 'unknown');
  }

  #settle(ticket: number, { code, place }: EntryEnd, attempts = 1): void {
    if (!this.#open.delete(ticket)) return;
    this.#sink.settled(ticket, outcomeOf(code), code, place, attempts);
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
