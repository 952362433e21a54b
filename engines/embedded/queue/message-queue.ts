import { attemptsOf, type QueuedMessage } from './queued-message.ts';
import { RankedHeap } from './ranked-heap.ts';
import type { ReadyLine } from './ready-line.ts';

export interface Limits {
  /** Receives without a deletion after which a message is given up; 0: never. */
  readonly maxReceives: number;
  /** How long a message is kept, in uptime of the broker; 0: until it is deleted. */
  readonly retentionMs: number;
}

export interface Depth {
  readonly ready: number;
  readonly inFlight: number;
}

/**
 * What a consumer holds to settle a message: valid for one receive only. A later receive of the same
 * message, whoever made it, has a higher count and makes this receipt worthless.
 */
export interface Receipt {
  readonly id: number;
  readonly receiveCount: number;
}

/** How a receipt stands. Only a `held` one changes anything. */
export type ReceiptState =
  | { readonly state: 'held'; readonly message: QueuedMessage }
  | { readonly state: 'expired' }
  | { readonly state: 'gone' };

/** One queue's messages in their states. Which one is next, its line decides. */
export class MessageQueue {
  readonly #line: ReadyLine;
  readonly #limits: Limits;
  readonly #messages = new Map<number, QueuedMessage>();
  /** By the end of each lease, because each may have its own length. */
  readonly #leases = new RankedHeap<QueuedMessage>();
  /** By the uptime at which they are due. */
  readonly #delayed = new RankedHeap<QueuedMessage>();
  /** Received as often as the queue allows; whether their line takes them for messages in hands. */
  readonly #exhausted = new Map<number, 'in hands' | 'not in line'>();
  /** By the uptime at which they have been kept long enough. */
  readonly #ageing = new RankedHeap<QueuedMessage>();
  readonly #overaged = new Set<number>();
  #inFlight = 0;
  #orders = 0;

  constructor(line: ReadyLine, limits: Limits) {
    this.#line = line;
    this.#limits = limits;
  }

  /** Exact. Messages that are not committed or not due yet count as ready: they will be. */
  get depth(): Depth {
    return { ready: this.#messages.size - this.#inFlight, inFlight: this.#inFlight };
  }

  /** In whatever state, in the order in which they came. */
  get all(): Iterable<QueuedMessage> {
    return this.#messages.values();
  }

  /** Nobody sees it before it is published. */
  add(arriving: Omit<QueuedMessage, 'order' | 'state' | 'leaseUntilMs'>): void {
    this.#orders += 1;
    this.restore({ ...arriving, order: this.#orders });
  }

  /** So many have come, whatever is left of them. */
  get orders(): number {
    return this.#orders;
  }

  /** Recovery: so many had come. */
  hadOrders(orders: number): void {
    this.#orders = Math.max(this.#orders, orders);
  }

  /** Recovery: a message that has its place already. */
  restore(found: Omit<QueuedMessage, 'state' | 'leaseUntilMs'>): void {
    const message: QueuedMessage = { ...found, state: 'pending', leaseUntilMs: 0 };
    this.#messages.set(message.id, message);
    const { retentionMs } = this.#limits;
    if (retentionMs > 0) this.#ageing.push(message.sentMs + retentionMs, message);
  }

  /** Makes pending messages visible, or due later; ids that are gone by now are skipped. */
  publish(baseId: number, count: number, uptimeMs: number): void {
    // Those that are due by now came before these.
    this.releaseDue(uptimeMs);
    for (let id = baseId; id < baseId + count; id += 1) {
      const message = this.#messages.get(id);
      if (message?.state === 'pending') this.#publish(message, uptimeMs);
    }
  }

  /** Makes pending messages visible that came from another queue. */
  publishEach(ids: readonly number[]): void {
    for (const id of ids) {
      const message = this.#messages.get(id);
      if (message?.state === 'pending') this.#show(message);
    }
  }

  /** Recovery only: everything that is left becomes visible when it is due, oldest first. */
  publishAll(uptimeMs: number): void {
    for (const message of this.#messages.values()) {
      if (this.#isExhausted(message)) this.#exhaust(message, 'not in line');
      else this.#publish(message, uptimeMs);
    }
  }

  /** Ids of messages that were received as often as the queue allows and not deleted. */
  get exhausted(): readonly number[] {
    return [...this.#exhausted.keys()];
  }

  /** Ids of messages that have been kept long enough, in whatever state they are. */
  overaged(uptimeMs: number): readonly number[] {
    for (let next = this.#ageing.first; next !== undefined; next = this.#ageing.first) {
      if (next.rank > uptimeMs) break;
      this.#ageing.pop();
      if (next.item.state !== 'gone') this.#overaged.add(next.item.id);
    }
    return [...this.#overaged];
  }

  /** The uptime at which the next message has been kept long enough. */
  nextOveragedMs(): number | undefined {
    return this.#ageing.first?.rank;
  }

  /** Recovery only: a receive that an earlier process granted; the lease itself is forgotten. */
  countReceive(id: number): void {
    const message = this.#messages.get(id);
    if (message !== undefined) message.receiveCount += 1;
  }

  /** The next available message without taking it. */
  peek(): QueuedMessage | undefined {
    return this.#line.peek();
  }

  /** Takes the message that `peek` shows; the caller leases or removes it, and ends the receive. */
  take(): QueuedMessage | undefined {
    const message = this.#line.take();
    if (message !== undefined) message.state = 'taken';
    return message;
  }

  endReceive(): void {
    this.#line.endReceive();
  }

  /** Undoes a `take`. */
  putBack(message: QueuedMessage): void {
    message.state = 'ready';
    this.#line.putBack(message);
  }

  lease(message: QueuedMessage, untilMs: number): void {
    if (message.state !== 'leased') this.#inFlight += 1;
    message.state = 'leased';
    message.leaseUntilMs = untilMs;
    this.#leases.push(untilMs, message);
  }

  release(message: QueuedMessage): void {
    this.#inFlight -= 1;
    if (this.#isExhausted(message)) this.#exhaust(message, 'in hands');
    else this.putBack(message);
  }

  /** @returns it, if it was there */
  remove(id: number): QueuedMessage | undefined {
    const message = this.#messages.get(id);
    if (message === undefined) return undefined;
    const { state } = message;
    message.state = 'gone';
    this.#messages.delete(id);
    if (state === 'leased') this.#inFlight -= 1;
    const isInHands =
      state === 'leased' || state === 'taken' || this.#exhausted.get(id) === 'in hands';
    if (isInHands) this.#line.forget(message);
    else if (state === 'ready') this.#line.vanish(message);
    this.#exhausted.delete(id);
    this.#overaged.delete(id);
    return message;
  }

  examine(receipt: Receipt): ReceiptState {
    const message = this.#messages.get(receipt.id);
    if (message === undefined) return { state: 'gone' };
    const held = message.state === 'leased' && message.receiveCount === receipt.receiveCount;
    return held ? { state: 'held', message } : { state: 'expired' };
  }

  /** Returns messages whose lease is over. A lease ends at its instant: `untilMs <= nowMs`. */
  expire(nowMs: number): void {
    for (let next = this.#leases.first; next !== undefined; next = this.#leases.first) {
      const current = next.item.state === 'leased' && next.item.leaseUntilMs === next.rank;
      if (current && next.rank > nowMs) return;
      this.#leases.pop();
      if (current) this.release(next.item);
    }
  }

  /** Shows messages that are due: `dueMs <= uptimeMs`. */
  releaseDue(uptimeMs: number): void {
    for (let next = this.#delayed.first; next !== undefined; next = this.#delayed.first) {
      if (next.rank > uptimeMs) return;
      this.#delayed.pop();
      if (next.item.state === 'delayed') this.#show(next.item);
    }
  }

  /** When the next lease ends. */
  nextExpiryMs(): number | undefined {
    return this.#leases.first?.rank;
  }

  /** The uptime at which the next delayed message is due. */
  nextDueMs(): number | undefined {
    return this.#delayed.first?.rank;
  }

  #publish(message: QueuedMessage, uptimeMs: number): void {
    if (message.dueMs <= uptimeMs) return this.#show(message);
    message.state = 'delayed';
    this.#delayed.push(message.dueMs, message);
  }

  #isExhausted(message: QueuedMessage): boolean {
    const { maxReceives } = this.#limits;
    return maxReceives > 0 && attemptsOf(message) >= maxReceives;
  }

  #exhaust(message: QueuedMessage, how: 'in hands' | 'not in line'): void {
    message.state = 'exhausted';
    this.#exhausted.set(message.id, how);
  }

  #show(message: QueuedMessage): void {
    message.state = 'ready';
    this.#line.add(message);
  }
}
