import type { StoredBatch } from '../journal/batch-store.ts';
import { Fifo } from './fifo.ts';
import { LeaseHeap } from './lease-heap.ts';

export interface QueuedMessage {
  readonly id: number;
  readonly stored: StoredBatch;
  /** Which message of the batch. */
  readonly slot: number;
  receiveCount: number;
  /** `pending`: in the journal, but not committed yet. */
  state: 'pending' | 'ready' | 'leased';
  /** End of the current lease; meaningless otherwise. */
  leaseUntilMs: number;
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

/** One queue's messages in their states; first in, first out, returned messages first. */
export class MessageQueue {
  readonly #messages = new Map<number, QueuedMessage>();
  readonly #fresh = new Fifo<QueuedMessage>();
  readonly #returned = new Fifo<QueuedMessage>();
  readonly #leases = new LeaseHeap<QueuedMessage>();
  #inFlight = 0;

  /** Exact. Messages that are stored but not committed count as ready: they will be. */
  get depth(): Depth {
    return { ready: this.#messages.size - this.#inFlight, inFlight: this.#inFlight };
  }

  get available(): number {
    return this.#returned.length + this.#fresh.length;
  }

  add(message: QueuedMessage): void {
    this.#messages.set(message.id, message);
  }

  /** Makes pending messages visible; ids that are gone by now are skipped. */
  publish(baseId: number, count: number): void {
    for (let id = baseId; id < baseId + count; id += 1) {
      const message = this.#messages.get(id);
      if (message?.state !== 'pending') continue;
      message.state = 'ready';
      this.#fresh.push(message);
    }
  }

  /** Recovery only: everything that is left becomes visible, oldest first. */
  publishAll(): void {
    for (const message of this.#messages.values()) {
      message.state = 'ready';
      this.#fresh.push(message);
    }
  }

  /** Recovery only: a receive that an earlier process granted; the lease itself is forgotten. */
  countReceive(id: number): void {
    const message = this.#messages.get(id);
    if (message !== undefined) message.receiveCount += 1;
  }

  /** The next available message without taking it. */
  peek(): QueuedMessage | undefined {
    return this.#returned.first ?? this.#fresh.first;
  }

  /** Takes the message that `peek` shows; the caller leases or removes it. */
  take(): QueuedMessage | undefined {
    return this.#returned.length > 0 ? this.#returned.shift() : this.#fresh.shift();
  }

  /** Undoes a `take`. */
  putBack(message: QueuedMessage): void {
    this.#returned.push(message);
  }

  lease(message: QueuedMessage, untilMs: number): void {
    if (message.state !== 'leased') this.#inFlight += 1;
    message.state = 'leased';
    message.leaseUntilMs = untilMs;
    this.#leases.push({ untilMs, item: message });
  }

  release(message: QueuedMessage): void {
    this.#inFlight -= 1;
    message.state = 'ready';
    this.#returned.push(message);
  }

  remove(id: number): void {
    const message = this.#messages.get(id);
    if (message?.state === 'leased') this.#inFlight -= 1;
    this.#messages.delete(id);
  }

  examine(receipt: Receipt): ReceiptState {
    const message = this.#messages.get(receipt.id);
    if (message === undefined) return { state: 'gone' };
    const held = message.state === 'leased' && message.receiveCount === receipt.receiveCount;
    return held ? { state: 'held', message } : { state: 'expired' };
  }

  /** Returns messages whose lease is over. A lease ends at its instant: `untilMs <= nowMs`. */
  expire(nowMs: number): void {
    for (let next = this.#leases.earliest; next !== undefined; next = this.#leases.earliest) {
      const current = this.#isCurrent(next.item, next.untilMs);
      if (current && next.untilMs > nowMs) return;
      this.#leases.pop();
      if (current) this.release(next.item);
    }
  }

  /** When the next lease ends. */
  nextExpiryMs(): number | undefined {
    return this.#leases.earliest?.untilMs;
  }

  #isCurrent(message: QueuedMessage, untilMs: number): boolean {
    return (
      message.state === 'leased' &&
      message.leaseUntilMs === untilMs &&
      this.#messages.get(message.id) === message
    );
  }
}
