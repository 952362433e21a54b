import { DeadLetterCause, EventKind } from '../../core/events.ts';
import { ms } from '../world/chance.ts';
import type { Destination, Outgoing, Place, SendAnswer } from '../world/message.ts';
import type { World } from '../world/world.ts';

export interface QueueOptions {
  readonly group: number;
  /** 0: whoever holds a copy holds it until it settles it or is gone. */
  readonly leaseMs: number;
  /** Deliveries after which a message is a dead letter; 0 without a limit. */
  readonly attempts: number;
  /** Lanes are message groups: only the head of each is handed out. */
  readonly byGroup: boolean;
  /** A copy that is put back stands where it stood, or behind everything. */
  readonly requeueTo: 'original' | 'any';
  readonly idempotent: boolean;
  /** What was handed out is gone. */
  readonly isAutomatic: boolean;
  /** The queue's number among the scopes; -1: it tells no places. */
  readonly scope: number;
  readonly deadLetters: LeasedQueue | undefined;
}

interface Lease {
  readonly session: number;
  endsNs: number;
}

interface Item {
  readonly message: Outgoing;
  readonly position: number;
  /** What stands in front is handed out first. */
  order: number;
  attempts: number;
  isDue: boolean;
  lease: Lease | undefined;
}

/** What a consumer is handed: the message under a receipt that is good for this lease only. */
export interface Copy {
  readonly message: Outgoing;
  readonly receipt: object;
  readonly attempt: number;
  readonly place: Place | undefined;
}

export type Settlement = 'acknowledge' | 'requeue' | 'reject' | 'extend';

/** A queue that lends its messages out, and takes back what was not settled in time. */
export class LeasedQueue implements Destination {
  readonly #world: World;
  readonly #options: QueueOptions;
  readonly #actor: number;
  readonly #leases = new WeakMap<object, Item>();
  readonly #known = new Set<string>();
  readonly #watchers: (() => void)[] = [];
  #items: Item[] = [];
  #orders = 0;

  constructor(world: World, options: QueueOptions) {
    this.#world = world;
    this.#options = options;
    this.#actor = world.newActor();
  }

  get isEmpty(): boolean {
    return this.#items.length === 0;
  }

  /** To be called whenever something may have become free to be handed out. */
  onChange(act: () => void): void {
    this.#watchers.push(act);
  }

  send(message: Outgoing, answer: (with_: SendAnswer) => void): void {
    const id = `${message.lane}:${message.seq}`;
    const isNew = !this.#options.idempotent || !this.#known.has(id);
    this.#known.add(id);
    const place = isNew ? this.put(message) : undefined;
    answer({ outcome: 'ok', place });
  }

  put(message: Outgoing): Place | undefined {
    this.#orders += 1;
    const order = this.#orders;
    const { agenda } = this.#world;
    const isDue = message.notBeforeNs <= agenda.nowNs;
    const item = { message, order, position: order, attempts: 0, isDue, lease: undefined };
    this.#items.push(item);
    if (!isDue) agenda.at(message.notBeforeNs, () => this.#becomeDue(item));
    if (Number.isFinite(message.expiresNs)) {
      agenda.at(message.expiresNs, () => this.#expire(item));
    }
    this.#change();
    return this.#placeOf(item);
  }

  receive(session: number, most: number): Copy[] {
    const copies: Copy[] = [];
    for (const item of this.#items.slice()) {
      if (copies.length >= most) break;
      if (this.#isFree(item)) copies.push(this.#lend(item, session));
    }
    return copies;
  }

  /** @returns false where the receipt is not good any more */
  settle(receipt: object, how: Settlement): boolean {
    const item = this.#leases.get(receipt);
    if (item === undefined || !this.#items.includes(item)) return how === 'acknowledge';
    if (item.lease !== receipt) return false;
    if (how === 'extend') {
      item.lease.endsNs = this.#leaseEnd();
      this.#watchLease(item, item.lease);
    } else if (how === 'acknowledge') this.#remove(item);
    else if (how === 'reject') this.#giveUp(item, DeadLetterCause.rejected);
    else {
      if (this.#options.requeueTo === 'any') this.#moveBack(item);
      this.#takeBack(item);
    }
    return true;
  }

  /** The connection is gone, and what it had comes back. */
  release(session: number): void {
    for (const item of this.#items.slice()) {
      if (item.lease?.session === session) this.#takeBack(item);
    }
  }

  #becomeDue(item: Item): void {
    item.isDue = true;
    this.#change();
  }

  #isFree(item: Item): boolean {
    if (!item.isDue || item.lease !== undefined) return false;
    if (!this.#options.byGroup) return true;
    const { lane } = item.message;
    return this.#items.find(({ message }) => message.lane === lane) === item;
  }

  #lend(item: Item, session: number): Copy {
    const lease = { session, endsNs: this.#leaseEnd() };
    item.lease = lease;
    item.attempts += 1;
    this.#leases.set(lease, item);
    this.#watchLease(item, lease);
    const { message, attempts: attempt } = item;
    if (this.#options.isAutomatic) this.#remove(item);
    return { message, receipt: lease, attempt, place: this.#placeOf(item) };
  }

  #leaseEnd(): number {
    const { leaseMs } = this.#options;
    return leaseMs === 0 ? Number.POSITIVE_INFINITY : this.#world.agenda.nowNs + leaseMs * ms;
  }

  #watchLease(item: Item, lease: Lease): void {
    const { endsNs } = lease;
    if (!Number.isFinite(endsNs)) return;
    this.#world.agenda.at(endsNs, () => {
      if (item.lease === lease && lease.endsNs === endsNs) this.#takeBack(item);
    });
  }

  #takeBack(item: Item): void {
    item.lease = undefined;
    const { attempts } = this.#options;
    if (attempts > 0 && item.attempts >= attempts) {
      return this.#giveUp(item, DeadLetterCause.attempts);
    }
    this.#expire(item);
    this.#change();
  }

  #moveBack(item: Item): void {
    this.#orders += 1;
    item.order = this.#orders;
    this.#items.sort((a, b) => a.order - b.order);
  }

  /** What is in somebody's hands expires when it comes back. */
  #expire(item: Item): void {
    const { message, lease } = item;
    const isOver = message.expiresNs <= this.#world.agenda.nowNs;
    if (!isOver || lease !== undefined || !this.#items.includes(item)) return;
    this.#remove(item);
    const { group } = this.#options;
    const { lane, seq } = message;
    this.#world.history.write(EventKind.expired, { actor: this.#actor, group, lane, seq });
  }

  #giveUp(item: Item, detail: number): void {
    this.#remove(item);
    const { deadLetters, group } = this.#options;
    if (deadLetters === undefined) return;
    const { lane, seq } = item.message;
    const letter = { group, lane, seq, detail, attempt: item.attempts };
    this.#world.history.write(EventKind.deadLettered, { actor: this.#actor, ...letter });
    deadLetters.put({ ...item.message, notBeforeNs: -1, expiresNs: Number.POSITIVE_INFINITY });
  }

  #remove(item: Item): void {
    item.lease = undefined;
    this.#items = this.#items.filter((other) => other !== item);
    this.#change();
  }

  #placeOf({ position }: Item): Place | undefined {
    const { scope } = this.#options;
    return scope < 0 ? undefined : { scope, major: position, minor: 0 };
  }

  #change(): void {
    for (const act of this.#watchers) act();
  }
}
