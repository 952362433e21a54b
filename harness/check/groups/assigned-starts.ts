import { EventKind, type EventRecord, Flag } from '../../core/events.ts';
import { comparePositions, type Position } from '../../core/position.ts';
import type { MessageState } from '../state/message-state.ts';
import { type EndedHold, type Hold, type Ownership, ownership } from '../state/ownership.ts';
import type { StatePart } from '../state/state-part.ts';
import { type CommittedOffsets, committedOffsets } from './committed-offsets.ts';

/** Commits that may have been in force at one start; more than that, and nobody can tell any more. */
const maxCandidates = 32;

/** What an assignment had to start from, and whether it has. */
export interface AssignedStart {
  readonly hold: Hold;
  /** Every position that may have been the committed one when the member asked for it. */
  readonly candidates: Position[];
  /** Some commit had been answered ok by then. */
  readonly isCommitted: boolean;
  /** Where `isCommitted`: whatever was in force then and since, it was not before this position. */
  floor: Position | undefined;
  /** More may have been in force. */
  isUncertain: boolean;
  /** It started somewhere else because somebody said so. */
  isSought: boolean;
  isStarted: boolean;
}

/** Ask for it with `state.part(assignedStarts)`. */
export function assignedStarts(state: MessageState): AssignedStarts {
  return new AssignedStarts(state);
}

/**
 * What was committed when each assignment began. A member asks for it some time after its assignment, so
 * that whatever is committed until it has got something may be what it was told.
 */
export class AssignedStarts implements StatePart {
  readonly takesRuns = true;
  readonly listensTo = [
    EventKind.assigned,
    EventKind.offsetCommitInvoke,
    EventKind.seeked,
    EventKind.deliver,
    EventKind.corrupted,
  ];
  /** Of the latest copy's session and scope; undefined where it holds nothing. */
  current: AssignedStart | undefined;
  /** The latest copy, of a run the first, is the first of its assignment. */
  isFirst = false;
  /** The latest copy may still be one of an earlier assignment of the same session. */
  mayBeOlder = false;
  readonly #ownership: Ownership;
  readonly #commits: CommittedOffsets;
  readonly #starts = new WeakMap<Hold, AssignedStart>();

  constructor(state: MessageState) {
    this.#ownership = state.part(ownership);
    this.#commits = state.part(committedOffsets);
  }

  fold(event: EventRecord): void {
    const kind: number = event.kind;
    switch (kind) {
      case EventKind.assigned:
        return this.#begin(event);
      case EventKind.offsetCommitInvoke:
        return this.#committing(event);
      case EventKind.seeked:
        return this.#sought(event);
      default:
        this.#arrived(event);
    }
  }

  bytes(): number {
    return 0;
  }

  #begin({ group, scope }: EventRecord): void {
    const { begun } = this.#ownership;
    if (begun === undefined) return;
    const commits = this.#commits.find(group, scope);
    const inForce = commits?.commits ?? [];
    const candidates = inForce.map(({ position }) => position);
    const isCommitted = inForce.some(({ appliedNs }) => appliedNs !== Number.POSITIVE_INFINITY);
    this.#starts.set(begun.hold, {
      hold: begun.hold,
      candidates,
      isCommitted,
      floor: isCommitted ? candidates.toSorted(comparePositions)[0] : undefined,
      isUncertain: commits?.isUncertain === true || isToldLate(begun),
      isSought: false,
      isStarted: false,
    });
  }

  #committing({ group, scope, positionMajor: major, positionMinor: minor }: EventRecord): void {
    const position = { major, minor };
    this.#eachOpen(group, scope, (start) => {
      const { floor, candidates } = start;
      if (floor !== undefined && comparePositions(position, floor) < 0) start.floor = position;
      if (start.isStarted) return;
      if (candidates.length < maxCandidates) candidates.push(position);
      else start.isUncertain = true;
    });
  }

  #sought({ group, scope, flags }: EventRecord): void {
    if ((flags & Flag.placed) !== 0) {
      this.#eachOpen(group, scope, (start) => {
        start.isSought = true;
      });
      return;
    }
    for (const of of this.#ownership.ofGroup(group)) {
      this.#eachOpen(group, of.scope, (start) => {
        start.isSought = true;
      });
    }
  }

  #eachOpen(group: number, scope: number, visit: (start: AssignedStart) => void): void {
    for (const hold of this.#ownership.find(group, scope)?.holds ?? []) {
      const start = hold.end === 'none' ? this.#starts.get(hold) : undefined;
      if (start !== undefined) visit(start);
    }
  }

  #arrived(event: EventRecord): void {
    this.current = undefined;
    if ((event.flags & Flag.placed) === 0) return;
    const hold = this.#ownership.find(event.group, event.scope)?.of(event.session);
    if (hold === undefined || hold.end !== 'none') return;
    const start = this.#starts.get(hold);
    if (start === undefined) return;
    this.current = start;
    this.isFirst = !start.isStarted;
    const isAsked = (event.flags & Flag.pulled) !== 0 && event.auxNs >= hold.sinceNs;
    this.mayBeOlder = hold.isAgain && !isAsked;
    start.isStarted = true;
  }
}

/** A later generation of the scope was known before: whoever learns of this one now was told what had been. */
function isToldLate({ of, hold }: EndedHold): boolean {
  return hold.generation > 0 && of.holds.some(({ generation }) => generation > hold.generation);
}
