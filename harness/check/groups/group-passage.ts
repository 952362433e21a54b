import { EventKind, type EventRecord, Flag, noGroup } from '../../core/events.ts';
import type { Position } from '../../core/position.ts';
import type { MessageState } from '../state/message-state.ts';
import { type Hold, type Ownership, ownership } from '../state/ownership.ts';
import { PositionSet } from '../state/position-set.ts';
import type { StatePart } from '../state/state-part.ts';
import { type CommittedOffsets, committedOffsets } from './committed-offsets.ts';
import { pairKey } from '../state/pair-key.ts';

/** Starts of one scope that are remembered, the first of them. */
const maxStarts = 256;
/** Sessions of one scope that are known to have started, the latest of them. */
const maxStarted = 256;

/** Where a session or an assignment began to read beyond everything that the group had read. */
export interface Start {
  /** The furthest that the group had come; major -1 before it had read anything. */
  readonly after: Position;
  readonly before: Position;
  /** The furthest that had been committed by then. */
  readonly committed: Position | undefined;
}

/** How one group came through one scope. */
export class ScopePassage {
  readonly scope: number;
  highMajor = -1;
  highMinor = 0;
  readonly starts: Start[] = [];
  /** More starts than are remembered. */
  isForgotten = false;
  /** Sessions that have read it, each with the assignment by which it did so last. */
  readonly #started = new Map<number, Hold | undefined>();
  #lastSession = -1;
  #lastHold: Hold | undefined;

  constructor(scope: number) {
    this.scope = scope;
  }

  get high(): Position {
    return { major: this.highMajor, minor: this.highMinor };
  }

  isBeyond(major: number, minor: number): boolean {
    return major > this.highMajor || (major === this.highMajor && minor > this.highMinor);
  }

  /** The session has read the latest entry, and still has the assignment by which it did. */
  isGoingOn(session: number): boolean {
    return session === this.#lastSession && this.#lastHold?.end === 'none';
  }

  /** @returns whether it is the first delivery to the session under this assignment */
  begin(session: number, hold: Hold | undefined): boolean {
    this.#lastSession = session;
    this.#lastHold = hold;
    if (this.#started.has(session) && this.#started.get(session) === hold) return false;
    this.#started.set(session, hold);
    const [oldest] = this.#started.keys();
    if (this.#started.size > maxStarted && oldest !== undefined) this.#started.delete(oldest);
    return true;
  }

  /** Nothing can lie between the furthest position and this one. */
  isNext(major: number, minor: number): boolean {
    if (minor === 0) return this.highMinor === 0 && major === this.highMajor + 1;
    return major === this.highMajor && minor === this.highMinor + 1;
  }
}

/** Ask for it with `state.part(groupPassage)`. */
export function groupPassage(state: MessageState): GroupPassage {
  return new GroupPassage(state);
}

/**
 * Which positions each subscription got, one bit each, and where its sessions and assignments started. What
 * somebody sought, or what may have been removed before it was read, excuses whatever a group passed over.
 */
export class GroupPassage implements StatePart {
  readonly takesRuns = true;
  readonly listensTo = [
    EventKind.deliver,
    EventKind.corrupted,
    EventKind.seeked,
    EventKind.expired,
    EventKind.deadLettered,
    EventKind.purged,
    EventKind.assigned,
    EventKind.crashed,
    EventKind.sessionOpened,
  ];
  /** By group. */
  readonly delivered: readonly PositionSet[];
  /** Starts with something committed: what a commit ahead would have done harm to. */
  startsFromCommitted = 0;
  readonly #ownership: Ownership;
  readonly #commits: CommittedOffsets;
  readonly #scopes = new Map<number, ScopePassage>();
  readonly #excused = new Set<number>();
  /** By group and scope: the furthest commit that the latest restart found. */
  readonly #found = new Map<number, Position>();

  constructor(state: MessageState) {
    this.#ownership = state.part(ownership);
    this.#commits = state.part(committedOffsets);
    this.delivered = state.facts.groups.map(() => new PositionSet());
  }

  find(group: number, scope: number): ScopePassage | undefined {
    return this.#scopes.get(pairKey(group, scope));
  }

  /** Somebody got the entry at this position: it was there to be read. */
  isRead(scope: number, { major, minor }: Position): boolean {
    return this.delivered.some((set) => set.has(scope, major, minor));
  }

  /** Another group came past this position, too. */
  isPassedElsewhere(group: number, scope: number, { major, minor }: Position): boolean {
    return this.delivered.some((_set, other) => {
      return other !== group && this.find(other, scope)?.isBeyond(major, minor) === false;
    });
  }

  /**
   * The furthest commit that had been answered ok when the scope was last assigned, or left by a crash;
   * where assignments are not recorded, when a session of the group was last opened.
   */
  foundAtRestart(group: number, scope: number): Position | undefined {
    return this.#found.get(pairKey(group, scope));
  }

  /** Something was sought in the group, or may have been removed before it was read. */
  isExcused(group: number): boolean {
    return this.#excused.has(group) || this.#excused.has(noGroup);
  }

  fold(event: EventRecord, count = 1): void {
    const kind: number = event.kind;
    switch (kind) {
      case EventKind.deliver:
      case EventKind.corrupted:
        if ((event.flags & Flag.placed) !== 0) this.#deliver(event, count);
        return;
      case EventKind.sessionOpened:
        return this.#opened(event.group);
      case EventKind.assigned: {
        const { begun } = this.#ownership;
        if (begun !== undefined) this.#restart(begun.of.group, begun.of.scope);
        return;
      }
      case EventKind.crashed:
        for (const { of, hold } of this.#ownership.ended) {
          if (of.holds.at(-1) === hold) this.#restart(of.group, of.scope);
        }
        return;
      default:
        this.#excused.add(event.group);
    }
  }

  bytes(): number {
    return this.delivered.reduce((sum, set) => sum + set.bytes(), this.#scopes.size * 64);
  }

  #deliver(event: EventRecord, count: number): void {
    const { group, scope, session, positionMajor: major, positionMinor: minor } = event;
    const delivered = this.delivered[group];
    if (delivered === undefined) return;
    if (count === 1) delivered.add(scope, major, minor);
    else delivered.addRun(scope, major, count);
    const key = pairKey(group, scope);
    let passage = this.#scopes.get(key);
    if (passage === undefined) {
      passage = new ScopePassage(scope);
      this.#scopes.set(key, passage);
    }
    if (!passage.isGoingOn(session)) {
      const hold = this.#ownership.find(group, scope)?.of(session);
      if (passage.begin(session, hold)) this.#start(passage, group, { major, minor });
    }
    const last = major + count - 1;
    if (!passage.isBeyond(last, minor)) return;
    passage.highMajor = last;
    passage.highMinor = minor;
  }

  #opened(group: number): void {
    for (const { scope } of this.#commits.ofGroup(group)) {
      if (this.#ownership.find(group, scope) === undefined) this.#restart(group, scope);
    }
  }

  #restart(group: number, scope: number): void {
    const furthest = this.#commits.find(group, scope)?.furthest;
    if (furthest !== undefined) this.#found.set(pairKey(group, scope), furthest);
  }

  #start(passage: ScopePassage, group: number, before: Position): void {
    const { scope } = passage;
    const committed = this.#commits.find(group, scope)?.furthest;
    if (committed !== undefined) this.startsFromCommitted += 1;
    const { major, minor } = before;
    if (!passage.isBeyond(major, minor) || passage.isNext(major, minor)) return;
    if (passage.starts.length < maxStarts) {
      passage.starts.push({ after: passage.high, before, committed });
    } else passage.isForgotten = true;
  }
}
