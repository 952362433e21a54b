import { DeadLetterCause, EventKind } from '../../core/events.ts';
import { ms } from '../../core/chance.ts';
import type { Destination, Outgoing, Place, SendAnswer } from '../../simulate/world/message.ts';
import type { World } from '../../simulate/world/world.ts';
import type { Copy, Item, Lease, QueueOptions, Settlement } from './lease.ts';

/** Longer than the bound of a model (V3), shorter than that for standing still (L2). */
const lateNs = 1_500 * ms;

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
  /** Whose message was deleted by a receipt of another. */
  #robbed: object | undefined;
  /** What was acknowledged first. */
  #firstDone: Item | undefined;

  constructor(world: World, options: QueueOptions) {
    this.#world = world;
    this.#options = options;
    this.#actor = world.newActor();
  }

  get isEmpty(): boolean {
    return this.#items.length === 0;
  }

  /** Something could be handed out, but for the limits of whoever asks. */
  get hasFree(): boolean {
    return this.#items.some(({ isDue, lease }) => isDue && lease === undefined);
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
    const isVisible = this.#world.defect.strikes('visible-early', 1, message.notBeforeNs >= 0);
    const isDue = isVisible || message.notBeforeNs <= agenda.nowNs;
    const putNs = agenda.nowNs;
    const item = { message, order, position: order, putNs, attempts: 0, isDue, lease: undefined };
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
    for (const item of this.#nextItems()) {
      if (copies.length >= most) break;
      if (this.#isFree(item, session)) copies.push(this.#lend(item, session));
    }
    return copies;
  }

  /** @returns false where the receipt is not good any more */
  settle(receipt: object, how: Settlement): boolean {
    const item = this.#leases.get(receipt);
    if (item === undefined || !this.#items.includes(item)) return how === 'acknowledge';
    if (item.lease !== receipt) {
      // Whoever has it has had it for a while, and knows.
      const isContested = how === 'acknowledge' && this.#heldNs(item) > 15 * ms;
      if (!this.#world.defect.strikes('takes-stale-receipt', 4, isContested)) return false;
      this.#robbed = item.lease;
      this.#remove(item);
      return true;
    }
    if (how === 'extend') {
      item.lease.endsNs = this.#leaseEnd();
      this.#watchLease(item, item.lease);
    } else if (how === 'acknowledge') {
      // Forgotten, it comes back when its lease ends.
      if (!this.#world.defect.strikes('forgets-acknowledgement')) this.#remove(item);
      this.#firstDone ??= item;
      const isLetter = this.#world.defect.strikes('dead-letters-acknowledged', 1, this.#isMain);
      if (isLetter) this.#giveUp(item, DeadLetterCause.rejected);
    } else if (how === 'reject') this.#giveUp(item, DeadLetterCause.rejected);
    else {
      if (this.#requeuesBehind()) this.#moveBack(item);
      this.#takeBack(item);
    }
    return true;
  }

  isRobbed(receipt: object): boolean {
    return this.#robbed === receipt;
  }

  /** An operator empties the queue; what is in somebody's hands stays there. */
  purge(): void {
    const { group } = this.#options;
    this.#world.history.write(EventKind.purged, { actor: this.#actor, group });
    for (const item of this.#items.slice()) if (item.lease === undefined) this.#remove(item);
    const done = this.#firstDone;
    if (done === undefined || !this.#world.defect.is('purge-restores')) return;
    this.#world.agenda.after(10 * ms, () => {
      this.#items.push({ ...done, lease: undefined });
    });
  }

  /** The connection is gone, and what it had comes back. */
  release(session: number): void {
    for (const item of this.#items.slice()) {
      if (item.lease?.session === session) this.#takeBack(item);
    }
  }

  get #isMain(): boolean {
    return this.#options.deadLetters !== undefined;
  }

  #requeuesBehind(): boolean {
    const { defect } = this.#world;
    if (this.#options.requeueTo === 'any') return !defect.is('requeue-to-front');
    return defect.strikes('requeue-to-back');
  }

  /** In the order in which they are handed out; or the youngest, which came long after the eldest. */
  #nextItems(): readonly Item[] {
    const { defect, agenda } = this.#world;
    const free = this.#items.filter(({ lease }) => lease === undefined);
    const [eldest, youngest] = [free[0], free.at(-1)];
    const apartNs = (youngest?.putNs ?? 0) - (eldest?.putNs ?? 0);
    const isAway = agenda.nowNs - (youngest?.putNs ?? 0) > 20 * ms;
    if (!defect.strikes('overtaken-in-queue', 1, isAway && apartNs > 20 * ms)) {
      return this.#items.slice();
    }
    return free.slice(-1);
  }

  #becomeDue(item: Item): void {
    item.isDue = true;
    this.#change();
  }

  #isFree(item: Item, session: number): boolean {
    if (!item.isDue) return false;
    if (item.lease !== undefined) {
      return this.#world.defect.strikes('hands-out-held', 4, item.lease.session !== session);
    }
    if (!this.#options.byGroup) return true;
    const { lane } = item.message;
    const [head, next] = this.#items.filter(({ message }) => message.lane === lane);
    if (head === item) return true;
    const isElsewhere = head?.lease !== undefined && head.lease.session !== session;
    const isBlocked = next === item && isElsewhere && this.#heldNs(head) > 10 * ms;
    return this.#world.defect.strikes('group-unblocked', 4, isBlocked);
  }

  #heldNs({ lease }: Item): number {
    return lease === undefined ? 0 : this.#leaseEnd() - lease.endsNs;
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
      if (item.lease !== lease || lease.endsNs !== endsNs) return;
      if (!this.#world.defect.strikes('lease-ends-late')) return this.#takeBack(item);
      item.lease = { session: -1, endsNs: Number.POSITIVE_INFINITY };
      this.#world.agenda.after(lateNs, () => this.#takeBack(item));
    });
  }

  #takeBack(item: Item): void {
    item.lease = undefined;
    const { attempts } = this.#options;
    const isMiscounted = attempts > 0 && this.#isMain;
    const late = this.#world.defect.strikes('dead-letter-late', 1, item.attempts === attempts);
    const isReached = item.attempts >= attempts + (isMiscounted && late ? 1 : 0);
    const isEarly = this.#world.defect.strikes('dead-letter-early', 1, isMiscounted);
    if (attempts > 0 && (isReached || isEarly)) {
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
    if (this.#world.defect.is('expiry-ignored')) return;
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
    const { defect, agenda, history } = this.#world;
    if (defect.strikes('dead-letter-dropped')) return;
    const cause = defect.strikes('dead-letter-without-reason') ? 0 : detail;
    const letter = { group, lane, seq, detail: cause, attempt: item.attempts };
    history.write(EventKind.deadLettered, { actor: this.#actor, ...letter });
    const expiresNs = Number.POSITIVE_INFINITY;
    const put = (): unknown => deadLetters.put({ ...item.message, notBeforeNs: -1, expiresNs });
    const isFollowed = this.#items.some(({ message }) => message.lane === lane);
    if (defect.strikes('dead-letter-overtaken', 1, isFollowed)) agenda.after(200 * ms, put);
    else put();
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
