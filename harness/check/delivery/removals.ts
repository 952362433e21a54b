import { type EventRecord, noGroup } from '../../core/events.ts';
import { mainsOf } from '../state/excuses.ts';
import type { MessageState } from '../state/message-state.ts';
import { Plane } from '../state/planes.ts';
import { AckWindow } from '../state/windows.ts';

export type Removal = 'expired' | 'dead-lettered';

/** Purges of one group that are remembered, the latest of them. */
const mostPurges = 64;

/** What the broker said to have removed from one subscription, and when at the latest. */
export class GroupRemovals {
  /** Messages that were ever removed. */
  readonly ever: Plane;
  readonly #gone: Plane;
  readonly #toDeadLetters: Plane;
  /** Made with the first removal. */
  #times: AckWindow | undefined;
  #purgesNs: number[] = [];

  constructor({ lanes }: MessageState) {
    this.ever = new Plane(lanes);
    this.#gone = new Plane(lanes);
    this.#toDeadLetters = new Plane(lanes);
  }

  remove(how: Removal, lane: number, seq: number, timeNs: number): void {
    this.ever.set(lane, seq);
    // The first word about it is the one that it was gone by.
    if (!this.#gone.set(lane, seq)) return;
    if (how === 'dead-lettered') this.#toDeadLetters.set(lane, seq);
    else this.#toDeadLetters.clear(lane, seq);
    this.#times ??= new AckWindow();
    this.#times.remember(lane, seq, timeNs, 0);
  }

  bringBack(lane: number, seq: number): void {
    this.#gone.clear(lane, seq);
  }

  purge(timeNs: number): void {
    this.#purgesNs.push(timeNs);
    if (this.#purgesNs.length > mostPurges) this.#purgesNs.shift();
  }

  /** How the message was removed; undefined while it was not. */
  howGone(lane: number, seq: number): Removal | undefined {
    if (!this.#gone.get(lane, seq)) return undefined;
    return this.#toDeadLetters.get(lane, seq) ? 'dead-lettered' : 'expired';
  }

  /** Not later than this it was removed. */
  goneByNs(lane: number, seq: number): number {
    return this.#times?.latestNs(lane, seq) ?? Number.POSITIVE_INFINITY;
  }

  /** Whether a purge was over between the two instants. */
  wasPurged(fromNs: number, toNs: number): boolean {
    return this.#purgesNs.some((timeNs) => timeNs >= fromNs && timeNs <= toNs);
  }

  bytes(): number {
    const planes = this.ever.bytes() + this.#gone.bytes() + this.#toDeadLetters.bytes();
    return planes + (this.#times?.bytes() ?? 0);
  }
}

/** Removals of every subscription; other groups read what nothing is removed from. */
export class Removals {
  readonly #state: MessageState;
  readonly #ofGroup: readonly (GroupRemovals | undefined)[];
  /** By group: those whose dead letters it reads. */
  readonly #mainsOf: readonly (readonly number[])[];

  constructor(state: MessageState) {
    this.#state = state;
    const { groups } = state.facts;
    this.#mainsOf = groups.map((_, reader) => mainsOf(groups, reader));
    this.#ofGroup = groups.map(({ role }, group) => {
      const readsDeadLetters = (this.#mainsOf[group] ?? []).length > 0;
      return role === 'subscription' && !readsDeadLetters ? new GroupRemovals(state) : undefined;
    });
  }

  of(group: number): GroupRemovals | undefined {
    return this.#ofGroup[group];
  }

  /** Subscriptions that an `expire`, `dead-letter` or `redrive` of that group is about. */
  concerned(group: number): readonly number[] {
    if (group === noGroup) return [...this.#ofGroup.keys()];
    const mains = this.#mainsOf[group] ?? [];
    return mains.length > 0 ? mains : [group];
  }

  remove(how: Removal, { lane, seq, group, timeNs }: EventRecord): void {
    const index = this.#state.lanes.indexOf(lane);
    if (index < 0 || seq >= this.#state.lanes.nextOf(index)) return;
    // What expires among dead letters was removed from there, and from its own group long before.
    const groups = group === noGroup ? this.concerned(group) : [group];
    for (const one of groups) this.#ofGroup[one]?.remove(how, index, seq, timeNs);
  }

  /** What arrives in a group of dead letters was moved there. @returns whether the group is one */
  arrivedAmongDeadLetters({ group, seq, timeNs }: EventRecord): boolean {
    const mains = this.#mainsOf[group] ?? [];
    for (const main of mains) {
      this.#ofGroup[main]?.remove('dead-lettered', this.#state.delivery.lane, seq, timeNs);
    }
    return mains.length > 0;
  }
}
