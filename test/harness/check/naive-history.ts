import type { CellFacts } from '../../../harness/core/facts.ts';
import {
  EventKind,
  type EventRecord,
  Flag,
  OutcomeCode,
  SettlementCode,
} from '../../../harness/core/events.ts';

import { naiveLease } from './naive-lease.ts';

export const has = (event: EventRecord, flag: number): boolean => (event.flags & flag) !== 0;
export const idOf = ({ lane, seq }: EventRecord): string => `${lane}:${seq}`;
export const isOf = (id: string) => (event: EventRecord) => idOf(event) === id;

export function isFlagged(event: EventRecord): boolean {
  return has(event, Flag.redelivered) || event.attempt > 1;
}

export function knowsFlag(event: EventRecord): boolean {
  return has(event, Flag.flagKnown) || event.attempt > 0;
}

/** Questions about a whole history, answered by looking through all of it each time. */
export class NaiveHistory {
  readonly events: readonly EventRecord[];
  readonly facts: CellFacts;

  constructor(events: readonly EventRecord[], facts: CellFacts) {
    this.events = events;
    this.facts = facts;
  }

  get groups(): number[] {
    return [...this.facts.groups.keys()];
  }

  sent(): Set<string> {
    return new Set(this.of(EventKind.sendInvoke).map(idOf));
  }

  of(kind: EventKind): EventRecord[] {
    return this.events.filter((event) => event.kind === kind);
  }

  outcomes(id: string): { invoked: number; outcomes: number[] } {
    return {
      invoked: this.of(EventKind.sendInvoke).filter(isOf(id)).length,
      outcomes: this.of(EventKind.sendSettled)
        .filter(isOf(id))
        .map(({ outcome }) => outcome),
    };
  }

  acknowledged(): string[] {
    return [...this.sent()].filter((id) => this.outcomes(id).outcomes.includes(OutcomeCode.ok));
  }

  refused(): string[] {
    return [...this.sent()].filter((id) => {
      const { invoked, outcomes } = this.outcomes(id);
      return outcomes.length === invoked && outcomes.every((one) => one === OutcomeCode.fail);
    });
  }

  unsettled(): string[] {
    const settled = new Set([...this.acknowledged(), ...this.refused()]);
    return [...this.sent()].filter((id) => !settled.has(id));
  }

  isInvokedBefore(id: string, index: number): boolean {
    return this.events
      .slice(0, index)
      .some((event) => event.kind === EventKind.sendInvoke && idOf(event) === id);
  }

  isResentBefore(id: string, index: number): boolean {
    const before = this.events.slice(0, index).filter(isOf(id));
    return before.filter(({ kind }) => kind === EventKind.sendInvoke).length > 1;
  }

  /** A copy of the message reached the group before `index`. */
  arrivedBefore(id: string, group: number, index: number): boolean {
    return this.events
      .slice(0, index)
      .some(
        (event) =>
          event.kind === EventKind.deliver &&
          event.group === group &&
          idOf(event) === id &&
          this.sent().has(id),
      );
  }

  /** Indices of deliveries to the group of messages that had been sent by then. */
  deliveries(group: number): number[] {
    return [...this.events.keys()].filter((index) => {
      const event = this.at(index);
      if (event.kind !== EventKind.deliver || event.group !== group) return false;
      return this.isInvokedBefore(idOf(event), index);
    });
  }

  at(index: number): EventRecord {
    const event = this.events[index];
    if (event === undefined) throw new Error(`no event ${index}`);
    return event;
  }

  isDrained(group: number): boolean {
    return this.of(EventKind.drainComplete).some((event) => event.group === group);
  }

  /** Index of the last event that says the group was drained, or -1. */
  lastDrain(group: number): number {
    return this.events.findLastIndex(
      (event) => event.kind === EventKind.drainComplete && event.group === group,
    );
  }

  /** When the group was done with the message: index of the event, -1 for never. */
  doneAt(id: string, group: number): number {
    return this.events.findIndex((event, index) => {
      if (event.group !== group || idOf(event) !== id) return false;
      if (!this.isInvokedBefore(id, index)) return false;
      const isAck = event.detail === SettlementCode.acknowledge;
      if (event.kind === EventKind.settleSettled) return isAck && event.outcome === OutcomeCode.ok;
      if (event.kind === EventKind.settleInvoke) return isAck && this.facts.ackReply === 'none';
      return event.kind === EventKind.processDone && this.facts.consumption === 'automatic';
    });
  }

  /** The delivery by which the message is held just before `index`, or -1. */
  holdBefore(id: string, group: number, index: number): number {
    const done = this.doneAt(id, group);
    const last = this.deliveries(group).findLast((at) => at < index && isOf(id)(this.at(at)));
    if (last === undefined || (done >= 0 && done < index)) return -1;
    const rejected = this.events.some(
      (event, at) =>
        at > last &&
        at < index &&
        event.kind === EventKind.settleSettled &&
        event.detail === SettlementCode.reject &&
        event.outcome === OutcomeCode.ok &&
        event.group === group &&
        isOf(id)(event),
    );
    return rejected ? -1 : last;
  }

  /** The actor's latest life ended by a crash, and the session of the event belongs to that life. */
  isCrashedAt({ actor, session }: EventRecord, index: number): boolean {
    const last = this.events
      .slice(0, index)
      .findLastIndex(
        (event) =>
          event.actor === actor &&
          (event.kind === EventKind.crashed || event.kind === EventKind.sessionOpened),
      );
    if (last < 0 || this.at(last).kind !== EventKind.crashed) return false;
    return this.events
      .slice(0, last)
      .some(
        (event, at) =>
          event.session === session &&
          (event.kind === EventKind.sessionOpened ||
            event.kind === EventKind.assigned ||
            (event.kind === EventKind.deliver && this.isInvokedBefore(idOf(event), at))),
      );
  }

  /** Something that justifies a redelivery befell the holder of delivery `held` before `index`. */
  hasCause(held: number, index: number): boolean {
    const hold = this.at(held);
    if (this.isCrashedAt(hold, held)) return true;
    return this.events.slice(held + 1, index).some((event) => {
      const kind: number = event.kind;
      switch (kind) {
        case EventKind.settleInvoke:
          return (
            (event.detail === SettlementCode.requeue || event.detail === SettlementCode.reject) &&
            event.group === hold.group &&
            idOf(event) === idOf(hold)
          );
        case EventKind.sessionClosed:
          return event.session === hold.session;
        case EventKind.crashed:
          return event.actor === hold.actor;
        case EventKind.lost:
        case EventKind.revoked:
          return event.actor === hold.actor && event.group === hold.group;
        case EventKind.seeked:
          return event.group === hold.group;
        default:
          return false;
      }
    });
  }

  /** When the lease of the hold may end and must have ended, as far as is known just before `index`. */
  lease(held: number, index: number): { mayEndNs: number; endsNs: number } {
    return naiveLease(this, held, index);
  }

  /** Where the actor's last session ended before this one was first heard of. */
  sessionNotBefore({ session, actor }: EventRecord): number {
    const first = this.firstSeen(session);
    const end = this.events.slice(0, first).findLast((event, index) => {
      if (event.kind === EventKind.crashed) return event.actor === actor;
      if (event.kind !== EventKind.sessionClosed || event.actor !== actor) return false;
      return this.isKnownBefore(event.session, index);
    });
    return end?.timeNs ?? -1;
  }

  firstSeen(session: number): number {
    return this.events.findIndex(
      (event, index) =>
        event.session === session &&
        (event.kind === EventKind.sessionOpened ||
          (event.kind === EventKind.deliver && this.isInvokedBefore(idOf(event), index))),
    );
  }

  isKnownBefore(session: number, index: number): boolean {
    const first = this.firstSeen(session);
    return first >= 0 && first < index;
  }

  /** The latest event before `index` that could justify a redelivery of anything in the group. */
  lastCauseNs(group: number, index: number): number {
    const last = this.events.slice(0, index).findLast((event, at) => {
      const kind: number = event.kind;
      switch (kind) {
        case EventKind.sessionClosed:
          return this.isKnownBefore(event.session, at) && this.groupOfActor(event.actor) === group;
        case EventKind.crashed:
          return this.groupOfActor(event.actor, at) === group;
        case EventKind.lost:
        case EventKind.revoked:
        case EventKind.seeked:
          return event.group === group;
        default:
          return false;
      }
    });
    return last?.timeNs ?? -Infinity;
  }

  groupOfActor(actor: number, before = this.events.length): number {
    const first = this.events.find(
      (event, index) =>
        index < before &&
        event.actor === actor &&
        (event.kind === EventKind.sessionOpened ||
          (event.kind === EventKind.deliver && this.isInvokedBefore(idOf(event), index))),
    );
    return first?.group ?? -1;
  }
}
