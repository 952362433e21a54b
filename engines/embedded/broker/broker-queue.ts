import type { Consumer, Handed } from './consumer.ts';
import { Consumers } from './consumers.ts';
import type { Copy, DeathReason } from './copy.ts';
import type { QueueSpec } from './queue-spec.ts';
import { ReadyCopies } from './ready-copies.ts';

export interface Depth {
  readonly ready: number;
  readonly inFlight: number;
}

/** One queue: its copies in their states, and who consumes them. It decides; it writes nothing. */
export class BrokerQueue {
  readonly id: number;
  readonly spec: QueueSpec;
  readonly consumers: Consumers;
  readonly #copies = new Map<number, Copy>();
  readonly #ready: ReadyCopies;
  /** Copies in the journal that are not committed yet. */
  #pending = 0;
  /** What the journal refused is not tried again before. */
  pausedUntilMs = Number.NEGATIVE_INFINITY;

  constructor(id: number, spec: QueueSpec) {
    this.id = id;
    this.spec = spec;
    this.consumers = new Consumers(spec.singleActiveConsumer);
    this.#ready = new ReadyCopies(spec.maxPriority);
  }

  /** Exact. What is stored but not committed counts as ready: it will be. */
  get depth(): Depth {
    const inFlight = this.consumers.unsettled;
    return { ready: this.#copies.size - inFlight, inFlight };
  }

  /** Whether so many copies more would have to be refused. */
  refuses(more: number): boolean {
    const { maxLength, overflow } = this.spec;
    if (maxLength === undefined || overflow !== 'reject-publish') return false;
    return this.#ready.length + this.#pending + more > maxLength;
  }

  add(copy: Copy): void {
    this.#copies.set(copy.id, copy);
    this.#pending += 1;
  }

  /** In the order in which they came. */
  get copies(): Iterable<Copy> {
    return this.#copies.values();
  }

  get(id: number): Copy | undefined {
    return this.#copies.get(id);
  }

  remove(id: number): void {
    this.#copies.delete(id);
  }

  /** It is committed: from now on it may be handed out. */
  publish(copy: Copy, nowMs: number): void {
    this.#pending -= 1;
    copy.sinceMs = nowMs;
    this.#ready.push(copy);
  }

  /** Recovery only: whatever is left, oldest first, to be published when all of it is committed. */
  found(): readonly Copy[] {
    this.#pending = this.#copies.size;
    return [...this.#copies.values()];
  }

  /** Waiting times run from here: after a restart nobody knows how long it took. */
  beginWaiting(nowMs: number): void {
    for (const copy of this.#copies.values()) copy.sinceMs = nowMs;
  }

  take(): Copy | undefined {
    return this.#ready.shift();
  }

  giveBack(copies: readonly Copy[]): void {
    for (const copy of copies) this.#ready.giveBack(copy);
  }

  /** Why the next copy must not be handed out. */
  causeOfDeath(nowMs: number): DeathReason | undefined {
    const next = this.#ready.first;
    if (next === undefined) return undefined;
    const { messageTtlMs, deliveryLimit } = this.spec;
    if (messageTtlMs !== undefined && next.sinceMs + messageTtlMs <= nowMs) return 'expired';
    return deliveryLimit !== undefined && next.deliveries >= deliveryLimit
      ? 'delivery_limit'
      : undefined;
  }

  get isTooLong(): boolean {
    const { maxLength, overflow } = this.spec;
    return maxLength !== undefined && overflow === 'drop-head' && this.#ready.length > maxLength;
  }

  /** Deals out what may be handed out now, up to the first copy that must not be. */
  deal(nowMs: number): ReadonlyMap<Consumer, readonly Handed[]> {
    const shares = new Map<Consumer, Handed[]>();
    while (this.#ready.length > 0 && this.causeOfDeath(nowMs) === undefined) {
      const consumer = this.consumers.next();
      const copy = consumer === undefined ? undefined : this.take();
      if (consumer === undefined || copy === undefined) break;
      const share = shares.get(consumer) ?? [];
      shares.set(consumer, share);
      share.push(consumer.hand(copy));
    }
    return shares;
  }

  /** When something is to be done here although nobody asks. */
  nextWakeMs(): number {
    if (this.pausedUntilMs !== Number.NEGATIVE_INFINITY) return this.pausedUntilMs;
    const next = this.#ready.first;
    const { messageTtlMs } = this.spec;
    return next === undefined || messageTtlMs === undefined
      ? Number.POSITIVE_INFINITY
      : next.sinceMs + messageTtlMs;
  }
}
