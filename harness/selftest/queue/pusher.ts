import type { Network } from '../../simulate/world/network.ts';
import type { World } from '../../simulate/world/world.ts';
import type { Copy } from './lease.ts';
import type { LeasedQueue } from './leased-queue.ts';
import type { QueueGroup } from './queue-group.ts';

/**
 * Hands copies to one connection of its own accord, never more than `limit` that are unsettled, in the
 * order of the queue: a later one does not arrive before an earlier one.
 */
export class Pusher {
  readonly #world: World;
  readonly #network: Network;
  readonly #queue: LeasedQueue;
  readonly #isAutomatic: boolean;
  readonly #session: number;
  readonly #limit: number;
  readonly #deliver: (copy: Copy) => void;
  readonly #unsettled = new Set<object>();
  #arrivesNs = 0;
  #isOpen = true;
  #isPushing = false;

  constructor(of: QueueGroup, session: number, limit: number, deliver: (copy: Copy) => void) {
    this.#world = of.world;
    this.#network = of.network;
    this.#queue = of.queue;
    this.#isAutomatic = of.options.isAutomatic;
    this.#session = session;
    this.#limit = limit;
    this.#deliver = deliver;
    this.#queue.onChange(() => this.push());
  }

  /** As many as the limit allows; the queue's own changes call it, too. */
  push(): void {
    if (this.#isPushing || !this.#isOpen) return;
    this.#isPushing = true;
    const isFull = this.#unsettled.size === this.#limit && this.#queue.hasFree;
    const more = this.#world.defect.strikes('pushes-beyond-limit', 1, isFull) ? 1 : 0;
    const free = this.#limit + more - this.#unsettled.size;
    const room = this.#isAutomatic ? Number.POSITIVE_INFINITY : free;
    for (const copy of this.#queue.receive(this.#session, room)) {
      if (!this.#isAutomatic) this.#unsettled.add(copy.receipt);
      this.#arrivesNs = Math.max(
        this.#arrivesNs,
        this.#world.agenda.nowNs + this.#network.latencyNs(),
      );
      this.#world.agenda.at(this.#arrivesNs, () => this.#deliver(copy));
    }
    this.#isPushing = false;
  }

  /** One connection: an answer does not arrive before what was pushed earlier. */
  get arrivesNs(): number {
    return this.#arrivesNs;
  }

  settled(receipt: object): void {
    if (this.#unsettled.delete(receipt)) this.push();
  }

  close(): void {
    this.#isOpen = false;
    this.#queue.release(this.#session);
  }
}
