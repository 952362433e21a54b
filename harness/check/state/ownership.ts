import { EventKind, type EventRecord } from '../../core/events.ts';
import type { MessageState } from './message-state.ts';
import type { StatePart } from './state-part.ts';
import { pairKey } from './pair-key.ts';

/** Holds of one scope that are remembered: those that have not ended, and the latest of the others. */
const maxHolds = 32;

/** One session's ownership of one scope, from the assignment to its end. */
export interface Hold {
  readonly session: number;
  readonly actor: number;
  /** 0 while it is not known; a renewal raises it. */
  generation: number;
  readonly sinceNs: number;
  /** When its end was written down, infinite before. */
  endNs: number;
  /** `lost`: it was taken for dead some time ago and has now learned of it. */
  end: 'none' | 'revoked' | 'lost' | 'closed' | 'crashed';
  /** The session had the scope before, so that copies of then may still be on their way. */
  readonly isAgain: boolean;
}

/** Who has had one scope of a group. */
export class ScopeHolds {
  readonly group: number;
  readonly scope: number;
  /** Oldest first. */
  readonly holds: Hold[] = [];
  /** Holds are missing that began before the last of `holds`. */
  isIncomplete = false;

  constructor(group: number, scope: number) {
    this.group = group;
    this.scope = scope;
  }

  /** The session's latest hold, which may have ended. */
  of(session: number): Hold | undefined {
    for (let at = this.holds.length - 1; at >= 0; at -= 1) {
      if (this.holds[at]?.session === session) return this.holds[at];
    }
    return undefined;
  }

  add(hold: Hold): void {
    this.holds.push(hold);
    if (this.holds.length <= maxHolds) return;
    // The end of one that is forgotten would never be heard of.
    const ended = this.holds.findIndex(({ end }) => end !== 'none');
    this.holds.splice(Math.max(0, ended), 1);
    this.isIncomplete = true;
  }
}

export interface EndedHold {
  readonly of: ScopeHolds;
  readonly hold: Hold;
}

/** Ask for it with `state.part(ownership)`. */
export function ownership(_state: MessageState): Ownership {
  return new Ownership();
}

/**
 * Which session owns which scope of which group, as the members were told. Callbacks run when they run: an
 * end may be written down later than the next owner's beginning, and what that means is each check's to
 * decide.
 */
export class Ownership implements StatePart {
  readonly listensTo = [
    EventKind.assigned,
    EventKind.revoked,
    EventKind.lost,
    EventKind.sessionClosed,
    EventKind.crashed,
  ];
  /** What the latest event of these kinds began; undefined for a renewal. */
  begun: EndedHold | undefined;
  /** What the latest event of these kinds ended. */
  readonly ended: EndedHold[] = [];
  /** Holds that ever began. */
  begins = 0;
  readonly #scopes = new Map<number, ScopeHolds>();
  readonly #groups = new Set<number>();

  find(group: number, scope: number): ScopeHolds | undefined {
    return this.#scopes.get(pairKey(group, scope));
  }

  ofGroup(group: number): readonly ScopeHolds[] {
    return [...this.#scopes.values()].filter((of) => of.group === group);
  }

  /** Somebody was assigned something in the group: its assignments are recorded. */
  isRecorded(group: number): boolean {
    return this.#groups.has(group);
  }

  fold(event: EventRecord): void {
    this.begun = undefined;
    this.ended.length = 0;
    const { session, actor, timeNs } = event;
    const kind: number = event.kind;
    switch (kind) {
      case EventKind.assigned:
        return this.#assign(event);
      case EventKind.revoked:
      case EventKind.lost: {
        const of = this.find(event.group, event.scope);
        const end = kind === EventKind.lost ? 'lost' : 'revoked';
        if (of !== undefined) this.#end(of, timeNs, end, (hold) => hold.session === session);
        return;
      }
      case EventKind.sessionClosed:
        for (const of of this.#scopes.values()) {
          this.#end(of, timeNs, 'closed', (hold) => hold.session === session);
        }
        return;
      default:
        for (const of of this.#scopes.values()) {
          this.#end(of, timeNs, 'crashed', (hold) => hold.actor === actor);
        }
    }
  }

  bytes(): number {
    let holds = 0;
    for (const of of this.#scopes.values()) holds += of.holds.length;
    return holds * 64;
  }

  #assign({ group, scope, session, actor, ref: generation, timeNs }: EventRecord): void {
    this.#groups.add(group);
    const key = pairKey(group, scope);
    const of = this.#scopes.get(key) ?? new ScopeHolds(group, scope);
    this.#scopes.set(key, of);
    const known = of.of(session);
    if (known?.end === 'none') {
      known.generation = Math.max(known.generation, generation);
      return;
    }
    const hold: Hold = {
      session,
      actor,
      generation,
      sinceNs: timeNs,
      endNs: Number.POSITIVE_INFINITY,
      end: 'none',
      isAgain: known !== undefined,
    };
    of.add(hold);
    this.begins += 1;
    this.begun = { of, hold };
  }

  #end(
    of: ScopeHolds,
    timeNs: number,
    how: 'revoked' | 'lost' | 'closed' | 'crashed',
    isMeant: (hold: Hold) => boolean,
  ): void {
    for (const hold of of.holds) {
      if (hold.end !== 'none' || !isMeant(hold)) continue;
      hold.end = how;
      hold.endNs = timeNs;
      this.ended.push({ of, hold });
    }
  }
}
