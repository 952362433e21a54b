import type { CheckId } from '../../core/anomalies.ts';
import { plural } from '../../core/plural.ts';
import { comparePositions, type Position } from '../../core/position.ts';
import type { CheckResult } from '../check.ts';
import { type ExistingPositions, existingPositions } from '../state/existing-positions.ts';
import type { MessageState } from '../state/message-state.ts';
import { type CommittedOffsets, committedOffsets, type ScopeCommits } from './committed-offsets.ts';
import { type GroupPassage, groupPassage, type ScopePassage } from './group-passage.ts';

/** An entry that its group has passed over. */
export interface Skipped {
  readonly group: number;
  readonly scope: number;
  readonly position: Position;
  /** `ahead`: a commit beyond it had been answered ok when its group started behind it. */
  readonly how: 'ahead' | 'at a start' | 'in a session';
  /**
   * False where something may excuse it, where the group was not drained, and where nobody at all has read
   * the entry, so that it may have been lost before the group came to it, which is D1's.
   */
  readonly isCertain: boolean;
}

/** Everything that decides what was skipped; made in a check's `create`, read in its `finish`. */
export class SkippedEntries {
  readonly passage: GroupPassage;
  readonly #state: MessageState;
  readonly #existing: ExistingPositions;
  readonly #commits: CommittedOffsets;

  constructor(state: MessageState) {
    this.#state = state;
    this.#existing = state.part(existingPositions);
    this.#commits = state.part(committedOffsets);
    this.passage = state.part(groupPassage);
  }

  /** Positions beyond the bounds of memory, of all; 0 while everything is known. */
  get overflowed(): number {
    return this.passage.delivered.reduce(
      (sum, { overflowed }) => sum + overflowed,
      this.#existing.overflowed,
    );
  }

  undecided(check: CheckId): CheckResult {
    const kept = this.passage.delivered.reduce(
      (sum, { size }) => sum + size,
      this.#existing.set.size,
    );
    const reason = `${this.overflowed} of ${plural(kept + this.overflowed, 'position was', 'positions were')} beyond the bounds of memory`;
    return { status: 'undecided', check, reason };
  }

  /** Subscriptions that must get everything in the scopes that they read. */
  groups(): readonly number[] {
    const { groups } = this.#state.facts;
    return [...groups.keys()].filter((number) => {
      const facts = groups[number];
      return facts?.role === 'subscription' && !facts.filtered;
    });
  }

  each(visit: (skipped: Skipped) => void): void {
    for (const group of this.groups()) {
      for (const scope of this.#existing.set.scopes()) this.#eachIn(group, scope, visit);
    }
  }

  #eachIn(group: number, scope: number, visit: (skipped: Skipped) => void): void {
    const delivered = this.passage.delivered[group];
    const passage = this.passage.find(group, scope);
    const commits = this.#commits.find(group, scope);
    if (delivered === undefined || (passage === undefined && commits === undefined)) return;
    const isSure = this.#isSure(group) && passage?.isForgotten !== true;
    const mayStartLate = !startsAtEarliest(this.#state, group);
    this.#existing.set.eachMissingFrom(delivered, scope, (major, minor) => {
      const position = { major, minor };
      const skip = this.#skipOf(position, group, passage, commits);
      if (skip === undefined) return;
      const { how, hasCommitted } = skip;
      const isExcused = how === 'at a start' && mayStartLate && !hasCommitted;
      // What everybody passed over was lost; what only this group could have read, a commit explains.
      const isOurs = how === 'ahead' && !this.passage.isPassedElsewhere(group, scope, position);
      const isProven = isOurs || this.passage.isRead(scope, position);
      visit({ group, scope, position, how, isCertain: isSure && isProven && !isExcused });
    });
  }

  #skipOf(
    position: Position,
    group: number,
    passage: ScopePassage | undefined,
    commits: ScopeCommits | undefined,
  ): { readonly how: Skipped['how']; readonly hasCommitted: boolean } | undefined {
    const isPassed = passage?.isBeyond(position.major, position.minor) === false;
    if (!isPassed) {
      const furthest = commits?.furthest;
      if (furthest === undefined || !isBefore(position, furthest)) return undefined;
      const found = this.passage.foundAtRestart(group, commits?.scope ?? 0);
      const isAhead = found !== undefined && isBefore(position, found);
      return { how: isAhead ? 'ahead' : 'in a session', hasCommitted: true };
    }
    const start = passage.starts.find(
      ({ after, before }) => isBefore(after, position) && isBefore(position, before),
    );
    if (start === undefined) return { how: 'in a session', hasCommitted: false };
    const { committed } = start;
    const isAhead = committed !== undefined && isBefore(position, committed);
    return { how: isAhead ? 'ahead' : 'at a start', hasCommitted: committed !== undefined };
  }

  #isSure(group: number): boolean {
    const { drained, allPlaced } = this.#state.groups[group] ?? {};
    const isKnown = this.passage.delivered[group]?.overflowed === 0 && allPlaced === true;
    return drained === true && isKnown && !this.passage.isExcused(group);
  }
}

export function startsAtEarliest({ facts }: MessageState, group: number): boolean {
  const of = facts.groups[group];
  return of?.role === 'subscription' && of.reset === 'earliest';
}

function isBefore(a: Position, b: Position): boolean {
  return comparePositions(a, b) < 0;
}

export function placeText(
  { nameOf }: Pick<MessageState, 'nameOf'>,
  scope: number,
  { major, minor }: Position,
): string {
  return `position ${minor === 0 ? major : `${major}.${minor}`} of scope ${nameOf('scope', scope)}`;
}
