import { EventKind } from '../../../harness/core/events.ts';
import type { ClockSkew } from '../../embedded/simulation/clock.ts';
import type { MessageId } from '../../embedded/simulation/message.ts';
import type { SimulatedWorld } from '../../simulation.ts';
import { CallWatch } from './call-watch.ts';
import { Group } from './facts.ts';
import { GroupWatch } from './group-watch.ts';
import { HandsWatch } from './hands-watch.ts';
import type { QueueManner } from './manner.ts';
import type { Broker } from './reference.ts';
import type { Settlement } from './settling.ts';

interface Page extends MessageId {
  /** Since when it certainly is as young as a message that was just sent: its send, or its last redrive. */
  youngSinceNs: number;
  /** Not visible before; -1: at once. */
  readonly notBeforeNs: number;
  isStored: boolean;
  isRead: boolean;
  /** How often its deletion was asked for. */
  deletions: number;
  /** It was not in the queue though it had to be: nothing excuses that. */
  isMissing: boolean;
}

/** What a receive brought, in the order in which it was brought. */
export interface ReceiveMade {
  readonly copies: readonly CopyMade[];
  /** So many were asked for. */
  readonly most: number;
  readonly requestedNs: number;
  /** How long its leases certainly last; 0: there are none. */
  readonly certainMs: number;
  /** Of the broker, when they were asked for. */
  readonly life: number;
}

interface CopyMade extends MessageId {
  readonly id: number;
  readonly attempt: number;
  readonly receiveCount: number;
  /** Its place among all that have come to the queue. */
  readonly order: number;
}

/**
 * What producers and consumers of a play were told, all of them together. A reference that knows nothing of
 * the broker: which messages must be in the queue, and which ones retention may have taken.
 */
export class Ledger {
  readonly #world: SimulatedWorld;
  readonly #manner: QueueManner;
  /** By the world's clock: the broker's may run faster. */
  readonly #keptMs: number;
  /** Whether nothing that was stored can be gone with the power. */
  readonly #isWhole: () => boolean;
  readonly #pages = new Map<string, Page>();
  readonly #byId = new Map<number, MessageId>();
  readonly #deleted = new Set<number>();
  readonly #receipts = new Set<string>();
  /** Where nothing but hands keeps messages of a group back: no delay, no retention. */
  readonly #groups: GroupWatch | undefined;
  readonly #hands: HandsWatch | undefined;
  readonly #broker: Broker;
  /** By their place in the order of the queue. */
  readonly #orders = new Map<number, number>();
  /** Ids of what was rejected and must be among the dead letters … */
  readonly #rejected = new Set<number>();
  /** … and of what was seen there. */
  readonly #buried = new Set<number>();
  /** Where calls are limited. */
  readonly calls: CallWatch | undefined;
  /** The highest id that any client was told of. */
  newestId = 0;

  constructor(
    world: SimulatedWorld,
    manner: QueueManner,
    skew: ClockSkew,
    broker: Broker,
    isWhole: () => boolean,
  ) {
    this.#world = world;
    this.#manner = manner;
    this.#keptMs = manner.retentionMs * (1 - skew.drift);
    this.#isWhole = isWhole;
    this.#broker = broker;
    const { profile, delayMs, retentionMs, quota, maxInFlight } = manner;
    const isLimited = quota.kind === 'calls';
    this.calls = isLimited ? new CallWatch(world, broker, quota, skew.drift) : undefined;
    // What retention takes out of somebody's hands nobody is told of.
    this.#hands = retentionMs === 0 ? new HandsWatch(world, broker, maxInFlight) : undefined;
    const isPlain = delayMs === 0 && retentionMs === 0;
    this.#groups = profile === 'fifo' && isPlain ? new GroupWatch() : undefined;
  }

  /** Of the broker, by the number of its starts. */
  get life(): number {
    return this.#broker.lives;
  }

  /** For the first time or again, and what that says of when it may be seen. */
  sent({ lane, seq }: MessageId, attempt: number, delayMs: number): void {
    const { nowNs } = this.#world.agenda;
    const notBeforeNs = delayMs === 0 ? -1 : nowNs + delayMs * 1e6;
    const page = this.#pages.get(textOf({ lane, seq })) ?? {
      lane,
      seq,
      youngSinceNs: nowNs,
      notBeforeNs,
      isStored: false,
      isRead: false,
      deletions: 0,
      isMissing: false,
    };
    if (attempt === 1) this.#pages.set(textOf(page), page);
    if (attempt === 1 || this.#manner.retentionMs > 0) this.#writeTimes(page);
  }

  stored(message: MessageId, id: number): void {
    this.#note(id, message);
    const page = this.#pages.get(textOf(message));
    if (page === undefined) return;
    page.isStored = true;
    if (!page.isRead) this.#groups?.stored(message, this.#world.agenda.nowNs);
  }

  received({ copies, most, requestedNs, certainMs, life }: ReceiveMade): void {
    const { nowNs } = this.#world.agenda;
    const isLess = copies.length < most && this.#isWhole();
    if (isLess && this.#groups?.isAnyWaiting(requestedNs, nowNs) === true) {
      this.#world.mark('a message group waited behind a message in hands');
    }
    const hold = { fromNs: nowNs, untilNs: requestedNs + certainMs * 1e6 };
    const ids = copies.map(({ id }) => id);
    if (certainMs > 0) this.#hands?.received(ids, hold.untilNs, life);
    let newestId = 0;
    for (const { id, lane, seq, attempt, receiveCount, order } of copies) {
      this.#placed(id, order);
      this.#note(id, { lane, seq });
      const page = this.#pages.get(textOf({ lane, seq }));
      if (page !== undefined) page.isRead = true;
      this.#groups?.received({ lane, seq }, hold);
      const receipt = `${id} ${receiveCount}`;
      if (this.#receipts.has(receipt)) {
        this.#world.mark('a receive that was asked for again got the same');
      }
      this.#receipts.add(receipt);
      const { profile, delayMs, ownDelayMs } = this.#manner;
      if (delayMs + ownDelayMs > 0) this.#world.mark('a delayed message was read');
      if (profile !== 'standard') continue;
      if (attempt === 1 && id < newestId) this.#world.mark('a message let others pass');
      if (attempt === 1) newestId = Math.max(newestId, id);
      const isBack = this.#deleted.has(id) && this.#isWhole();
      if (isBack) this.#world.mark('a deleted message came again');
    }
  }

  /** Whoever holds it gives it back, or asks for its deletion. */
  settling(message: MessageId & { readonly id: number }, how: Settlement): void {
    this.#groups?.settling(message);
    this.#hands?.settling(message.id);
    const page = this.#pages.get(textOf(message));
    if (page !== undefined && how === 'delete') page.deletions += 1;
  }

  deleted(id: number): void {
    this.#deleted.add(id);
  }

  /** Its holder was told that it is a dead letter now. */
  rejected(id: number): void {
    if (!this.#buried.has(id)) this.#rejected.add(id);
  }

  /** Dead letters were read. */
  buried({ copies }: ReceiveMade): void {
    for (const { id } of copies) this.#wasBuried(id);
  }

  #wasBuried(id: number): void {
    this.#buried.add(id);
    this.#rejected.delete(id);
  }

  /** No two messages of a queue have one place, however often the broker was restarted. */
  #placed(id: number, order: number): void {
    const known = this.#orders.get(order);
    this.#orders.set(order, id);
    if (known === undefined || known === id || !this.#isWhole()) return;
    this.#world.accuse('two messages had one place in the order of their queue');
  }

  /** A receipt was good for nothing, because its message is not in the queue any more. */
  gone(message: MessageId, how: Settlement): void {
    const { retentionMs, maxReceives } = this.#manner;
    if (retentionMs === 0 || maxReceives > 0 || !this.#isWhole()) return;
    const page = this.#pages.get(textOf(message));
    const own = how === 'delete' ? 1 : 0;
    if (page?.deletions !== own) return;
    this.#world.mark('retention took a message out of somebody’s hands');
  }

  /** @param depth of the queue and its dead letters, exactly */
  look(depth: number): void {
    const youngNs = this.#world.agenda.nowNs - this.#keptMs * 1e6;
    const due = [...this.#pages.values()].filter(({ isStored, deletions, youngSinceNs }) => {
      return isStored && deletions === 0 && youngSinceNs > youngNs;
    });
    if (due.length <= depth) return;
    for (const page of due) page.isMissing = true;
    if (this.#isWhole()) this.#world.accuse('a message was gone before its time');
  }

  /** When everything is over: what nobody need have got, or settled. */
  writeExcuses(): void {
    if (this.#rejected.size > 0 && this.#isWhole()) {
      this.#world.accuse('a rejected message became no dead letter');
    }
    if (this.#manner.retentionMs === 0) return;
    const oldNs = this.#world.agenda.nowNs - this.#keptMs * 1e6;
    for (const page of this.#pages.values()) {
      const { lane, seq, isStored, isRead, deletions, isMissing, youngSinceNs } = page;
      if (isStored && !isRead && deletions === 0 && this.#isWhole()) {
        this.#world.mark('retention removed a message that nobody had read');
      }
      if (isMissing || youngSinceNs > oldNs) continue;
      this.#world.history.write(EventKind.expired, { lane, seq, group: Group.main });
    }
  }

  /**
   * Dead letters are back in their queue, as young as if they had just been sent.
   * @param ids undefined: nobody knows which
   * @param requestedNs from when on they age: the answer waits for a sync
   */
  redriven(ids: readonly number[] | undefined, requestedNs: number): void {
    const back = ids?.flatMap((id) => this.#byId.get(id) ?? []) ?? this.#byId.values();
    for (const id of ids ?? this.#byId.keys()) this.#wasBuried(id);
    for (const { lane, seq } of back) {
      this.#world.history.write(EventKind.redriven, { lane, seq, group: Group.deadLetters });
      const page = this.#pages.get(textOf({ lane, seq }));
      if (page === undefined || this.#manner.retentionMs === 0) continue;
      if (ids !== undefined) page.youngSinceNs = requestedNs;
      this.#writeTimes(page);
    }
  }

  #note(id: number, message: MessageId): void {
    this.#byId.set(id, message);
    this.newestId = Math.max(this.newestId, id);
  }

  /** Whichever of its sends was stored, it is kept for so long from the latest on at most. */
  #writeTimes({ lane, seq, notBeforeNs }: Page): void {
    const { retentionMs } = this.#manner;
    if (notBeforeNs < 0 && retentionMs === 0) return;
    const { nowNs } = this.#world.agenda;
    const positionMajor = retentionMs === 0 ? -1 : nowNs + retentionMs * 1e6;
    const times = { lane, seq, auxNs: notBeforeNs, positionMajor };
    this.#world.history.write(EventKind.sendTimed, times);
  }
}

function textOf({ lane, seq }: MessageId): string {
  return `${lane} ${seq}`;
}
