/**
 * D2, D3 and D11 by looking through the whole history for each message, written without a look at the
 * streaming checks.
 */
import { EventKind, type EventRecord, Flag, noGroup } from '../../../../harness/core/events.ts';
import type { CellFacts } from '../../../../harness/core/facts.ts';
import type { Tally } from '../naive-duplicates.ts';
import { has, idOf, isFlagged, isOf, knowsFlag, NaiveHistory } from '../naive-history.ts';

type Verdict = Tally | 'undecided';

export class NaiveRemovals {
  readonly #events: readonly EventRecord[];
  readonly #facts: CellFacts;
  readonly #history: NaiveHistory;

  constructor(events: readonly EventRecord[], facts: CellFacts) {
    this.#events = events;
    this.#facts = facts;
    this.#history = new NaiveHistory(events, facts);
  }

  divergent(): Verdict {
    const replicas = this.#groups('replica');
    const found = { count: 0, possible: 0 };
    for (const group of replicas.filter((one) => this.#history.isDrained(one))) {
      for (const id of this.#wanted()) {
        if (this.#has(id, group) || !replicas.some((other) => this.#has(id, other))) continue;
        const isCertain =
          this.#history.acknowledged().includes(id) || this.#seenBefore(id, this.#begin(group));
        if (isCertain) found.count += 1;
        else found.possible += 1;
      }
    }
    return this.#unlessOpen(found, replicas);
  }

  vanished(): Verdict {
    const readBacks = this.#groups('read-back');
    const found = { count: 0, possible: 0 };
    for (const group of readBacks.filter((one) => this.#history.isDrained(one))) {
      for (const id of this.#wanted()) {
        const observed = this.#observations(id).some((at) =>
          has(this.#history.at(at), Flag.placed),
        );
        if (!observed || this.#has(id, group)) continue;
        if (this.#seenBefore(id, this.#begin(group))) found.count += 1;
        else found.possible += 1;
      }
    }
    return this.#unlessOpen(found, readBacks);
  }

  resurrected(): Tally {
    const found = { count: 0, possible: 0 };
    for (const id of this.#history.sent()) {
      const ways = this.#history.deliveries(0).map((at) => this.#resurrection(id, at));
      if (ways.includes('certain') && !this.#isSeveral(id)) found.count += 1;
      else if (ways.includes('certain') || ways.includes('possible')) found.possible += 1;
    }
    return found;
  }

  #unlessOpen(found: Tally, groups: readonly number[]): Verdict {
    const isOpen = groups.some((group) => !this.#history.isDrained(group));
    return isOpen && found.count === 0 ? 'undecided' : found;
  }

  #groups(role: string): number[] {
    return this.#history.groups.filter((group) => this.#facts.groups[group]?.role === role);
  }

  #has(id: string, group: number): boolean {
    return this.#events.some(
      (event) => event.kind === EventKind.deliver && event.group === group && idOf(event) === id,
    );
  }

  /** What was sent and neither expired, nor purged, nor moved to the dead letters of any group. */
  #wanted(): string[] {
    return [...this.#history.sent()].filter((id) => {
      const isExcused = this.#history.groups.some((group) => this.#isExcused(id, group));
      return !isExcused;
    });
  }

  #isExcused(id: string, group: number): boolean {
    let excused = false;
    let everywhere = false;
    for (const [at, event] of this.#events.entries()) {
      const isOwn = idOf(event) === id && this.#history.isInvokedBefore(id, at);
      const kind: number = event.kind;
      switch (kind) {
        case EventKind.expired:
        case EventKind.deadLettered:
          if (isOwn && event.group === noGroup) everywhere = true;
          if (isOwn && event.group === group) excused = true;
          break;
        case EventKind.deliver:
          if (isOwn && this.#mains(event.group).includes(group)) excused = true;
          break;
        case EventKind.redriven:
          if (idOf(event) === id && this.#concerned(event.group).includes(group)) excused = false;
          break;
        case EventKind.purged: {
          const done = this.#history.doneAt(id, group);
          const isDone = done >= 0 && done < at;
          if (event.group === group && this.#history.isInvokedBefore(id, at) && !isDone) {
            excused = true;
          }
          break;
        }
        default:
      }
    }
    return excused || everywhere;
  }

  #mains(reader: number): number[] {
    return this.#history.groups.filter((main) => {
      const facts = this.#facts.groups[main];
      return facts?.role === 'subscription' && facts.deadLetter === reader;
    });
  }

  #concerned(group: number): number[] {
    const mains = this.#mains(group);
    return mains.length > 0 ? mains : [group];
  }

  /** Deliveries of the message, after its send, to any group but one of dead letters. */
  #observations(id: string): number[] {
    return this.#history.groups
      .filter((group) => this.#facts.groups[group]?.role !== 'dead-letter')
      .flatMap((group) => this.#history.deliveries(group))
      .filter((at) => isOf(id)(this.#history.at(at)));
  }

  #begin(group: number): number {
    const kinds: readonly EventKind[] = [
      EventKind.deliver,
      EventKind.sessionOpened,
      EventKind.drainComplete,
    ];
    return this.#events.findIndex((event) => event.group === group && kinds.includes(event.kind));
  }

  #seenBefore(id: string, index: number): boolean {
    return this.#observations(id).some((at) => at < index);
  }

  #resurrection(id: string, at: number): 'certain' | 'possible' | 'no' {
    const event = this.#history.at(at);
    if (idOf(event) !== id) return 'no';
    const outNs = this.#handedOutNs(event, at);
    const removed = this.#removedAt(id, at);
    if (removed >= 0) {
      if (this.#isRedrivenAfter(id, at)) return 'no';
      return outNs >= this.#history.at(removed).timeNs ? 'certain' : 'possible';
    }
    const done = this.#history.doneAt(id, 0);
    const isFirst = !this.#history.arrivedBefore(id, 0, at);
    if (done < 0 || done > at || isFirst) return 'no';
    if (this.#copy(at) === 'second') return 'no';
    const purges = this.#events.filter(
      (purge, when) => when < at && purge.kind === EventKind.purged && purge.group === 0,
    );
    const after = purges.filter(({ timeNs }) => timeNs >= this.#history.at(done).timeNs);
    if (after.length === 0) return 'no';
    const isCertain =
      after.some(({ timeNs }) => timeNs <= outNs) &&
      this.#facts.ackReply !== 'none' &&
      this.#copy(at) === 'same' &&
      !this.#couldReturn(id, done);
    if (isCertain) return 'certain';
    return this.#isRedrivenAfter(id, at) ? 'no' : 'possible';
  }

  /** The event by which the message was gone before delivery `index`, and not brought back; or -1. */
  #removedAt(id: string, index: number): number {
    let removed = -1;
    for (const [at, event] of this.#events.slice(0, index).entries()) {
      if (idOf(event) !== id || !this.#history.isInvokedBefore(id, at)) continue;
      const isRemoval = event.kind === EventKind.expired || event.kind === EventKind.deadLettered;
      const isOwn = event.group === 0 || event.group === noGroup;
      const isShown = event.kind === EventKind.deliver && this.#mains(event.group).includes(0);
      if (removed < 0 && ((isRemoval && isOwn) || isShown)) removed = at;
      if (event.kind === EventKind.redriven && this.#concerned(event.group).includes(0)) {
        removed = -1;
      }
    }
    return removed;
  }

  #isRedrivenAfter(id: string, index: number): boolean {
    return this.#events.some(
      (event, at) =>
        at > index &&
        event.kind === EventKind.redriven &&
        idOf(event) === id &&
        this.#concerned(event.group).includes(0),
    );
  }

  #handedOutNs(event: EventRecord, index: number): number {
    const opened = this.#events
      .slice(0, index)
      .find(({ kind, session }) => kind === EventKind.sessionOpened && session === event.session);
    const openedNs = opened?.timeNs ?? -1;
    return has(event, Flag.pulled) ? Math.max(event.auxNs, openedNs) : openedNs;
  }

  #couldReturn(id: string, done: number): boolean {
    const held = this.#history.holdBefore(id, 0, done);
    if (held < 0) return false;
    if (this.#history.hasCause(held, done)) return true;
    return this.#history.at(done).timeNs >= this.#history.lease(held, done).mayEndNs;
  }

  /** Places of one message never differ here, so only a second send can have stored a second copy. */
  #copy(index: number): 'same' | 'second' | 'either' {
    const event = this.#history.at(index);
    const id = idOf(event);
    const isPlacedBefore = this.#history
      .deliveries(event.group)
      .some((at) => at < index && isOf(id)(this.#history.at(at)) && this.#isPlaced(at));
    if (isPlacedBefore && this.#isPlaced(index)) return 'same';
    if (isFlagged(event) || !this.#history.isResentBefore(id, index)) return 'same';
    return knowsFlag(event) ? 'second' : 'either';
  }

  #isPlaced(index: number): boolean {
    return has(this.#history.at(index), Flag.placed);
  }

  #isSeveral(id: string): boolean {
    return this.#history.isResentBefore(id, this.#events.length);
  }
}
