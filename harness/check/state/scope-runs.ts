import { EventKind, type EventRecord, Flag } from '../../core/events.ts';
import type { MessageState } from './message-state.ts';
import type { StatePart } from './state-part.ts';

/** Pairs of a session and a scope that are followed; of more than these nothing is known. */
const maxSlots = 1 << 18;

/** Ask for it with `state.part(scopeRuns)`. */
export function scopeRuns(state: MessageState): ScopeRuns {
  return new ScopeRuns(state);
}

/**
 * Runs of reading: what one session gets of one scope for one group until something happens that may move
 * its position. Such are an assignment, a revocation or a loss, which go for every scope of that consumer,
 * the end of the session, a crash, and for the whole group a seek and a purge. Each session has for each
 * scope and group a slot, by which checks keep what they know of it; a slot's run has another number after
 * each of these.
 */
export class ScopeRuns implements StatePart {
  readonly takesRuns = true;
  readonly listensTo = [
    EventKind.deliver,
    EventKind.sessionClosed,
    EventKind.crashed,
    EventKind.assigned,
    EventKind.revoked,
    EventKind.lost,
    EventKind.seeked,
    EventKind.purged,
  ];
  /** Of the delivery being folded; -1 when it has no place, is no message of the cell, or found no room. */
  slot = -1;
  /** Deliveries that found no room. */
  overflowed = 0;
  readonly #state: MessageState;
  /** Those of the cell, and one for all that it does not have. */
  readonly #groupsMost: number;
  readonly #slots = new Map<number, Map<number, number>>();
  readonly #runs: number[] = [];
  readonly #groups: number[] = [];
  readonly #isOwned: boolean[] = [];
  #lastSession = -1;
  #lastScope = -1;
  #lastGroup = -1;
  #lastSlot = -1;

  constructor(state: MessageState) {
    this.#state = state;
    this.#groupsMost = state.facts.groups.length + 1;
  }

  fold(event: EventRecord, count = 1): void {
    const kind: number = event.kind;
    switch (kind) {
      case EventKind.deliver:
        return this.#deliver(event, count);
      case EventKind.seeked:
      case EventKind.purged:
        return this.#endOfGroup(event.group);
      case EventKind.sessionClosed:
        return this.#end(event.session);
      default:
        this.#moved(event);
    }
  }

  /** The number of the slot's present run. */
  runOf(slot: number): number {
    return this.#runs[slot] ?? 0;
  }

  /** The scope was assigned to the session and to nobody else. */
  isOwned(slot: number): boolean {
    return this.#isOwned[slot] ?? false;
  }

  bytes(): number {
    return this.#runs.length * 96;
  }

  #deliver({ flags, session, scope, group }: EventRecord, count: number): void {
    this.slot = -1;
    const { status } = this.#state.delivery;
    if ((flags & Flag.placed) === 0 || (status !== 'first' && status !== 'repeat')) return;
    this.slot = this.#slotOf(session, scope, group);
    if (this.slot < 0) this.overflowed += count;
  }

  #slotOf(session: number, scope: number, group: number): number {
    if (session === this.#lastSession && scope === this.#lastScope && group === this.#lastGroup) {
      return this.#lastSlot;
    }
    let ofSession = this.#slots.get(session);
    if (ofSession === undefined) {
      ofSession = new Map();
      this.#slots.set(session, ofSession);
    }
    // Small where the number of the scope is, so that it needs no memory of its own.
    const key = scope * this.#groupsMost + Math.min(group, this.#groupsMost - 1);
    let slot = ofSession.get(key);
    if (slot === undefined) {
      if (this.#runs.length >= maxSlots) return -1;
      slot = this.#runs.length;
      ofSession.set(key, slot);
      this.#runs.push(0);
      this.#groups.push(group);
      this.#isOwned.push(false);
    }
    this.#lastSession = session;
    this.#lastScope = scope;
    this.#lastGroup = group;
    this.#lastSlot = slot;
    return slot;
  }

  /** A crash, or a change of what is assigned to a consumer. */
  #moved(event: EventRecord): void {
    for (const { session } of this.#state.sessions.ofActor(event.actor)) this.#end(session);
    if (event.kind === EventKind.crashed) return;
    this.#end(event.session);
    const slot = this.#slotOf(event.session, event.scope, event.group);
    if (slot >= 0) this.#isOwned[slot] = event.kind === EventKind.assigned;
  }

  #end(session: number): void {
    for (const slot of this.#slots.get(session)?.values() ?? []) this.#endRun(slot);
  }

  #endOfGroup(group: number): void {
    for (const [slot, of] of this.#groups.entries()) if (of === group) this.#endRun(slot);
  }

  #endRun(slot: number): void {
    this.#runs[slot] = this.runOf(slot) + 1;
  }
}
