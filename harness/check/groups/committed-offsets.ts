import { EventKind, type EventRecord, OutcomeCode, TransactionEndCode } from '../../core/events.ts';
import { comparePositions, type Position } from '../../core/position.ts';
import type { MessageState } from '../state/message-state.ts';
import type { StatePart } from '../state/state-part.ts';
import { pairKey } from '../state/pair-key.ts';

/** Commits of one scope that may be in force at once; more than that, and nobody can tell any more. */
const maxCommits = 16;
interface Commit {
  readonly session: number;
  readonly ticket: number;
  /** 0 for none. */
  readonly transaction: number;
  readonly position: Position;
  readonly invokedNs: number;
  /** Infinite while it may still be applied. */
  appliedNs: number;
}

/** What may be in force as the committed position of one scope of a group. */
export class ScopeCommits {
  readonly group: number;
  readonly scope: number;
  /** Answered ok or open, and not certainly followed by another. */
  readonly commits: Commit[] = [];
  /** More commits were open at once than are remembered. */
  isUncertain = false;
  /** The furthest position whose commit was answered ok. */
  furthest: Position | undefined;

  constructor(group: number, scope: number) {
    this.group = group;
    this.scope = scope;
  }

  begin(commit: Commit): void {
    this.commits.push(commit);
    if (this.commits.length <= maxCommits) return;
    this.commits.shift();
    this.isUncertain = true;
  }

  /** From now on it is in force, and every commit that had been applied before it began is not. */
  apply(commit: Commit, timeNs: number): void {
    commit.appliedNs = timeNs;
    this.#keep((other) => other.appliedNs >= commit.invokedNs);
    const { position } = commit;
    if (this.furthest === undefined || comparePositions(position, this.furthest) > 0) {
      this.furthest = position;
    }
  }

  drop(commit: Commit): void {
    this.#keep((other) => other !== commit);
  }

  #keep(isKept: (commit: Commit) => boolean): void {
    const kept = this.commits.filter(isKept);
    this.commits.length = 0;
    this.commits.push(...kept);
  }
}

/** Ask for it with `state.part(committedOffsets)`. */
export function committedOffsets(_state: MessageState): CommittedOffsets {
  return new CommittedOffsets();
}

/** Commits of offsets; one that a transaction carries is applied when that was committed. */
export class CommittedOffsets implements StatePart {
  readonly listensTo = [
    EventKind.offsetCommitInvoke,
    EventKind.offsetCommitSettled,
    EventKind.transactionEndSettled,
  ];
  readonly #scopes = new Map<number, ScopeCommits>();

  find(group: number, scope: number): ScopeCommits | undefined {
    return this.#scopes.get(pairKey(group, scope));
  }

  ofGroup(group: number): readonly ScopeCommits[] {
    return [...this.#scopes.values()].filter((of) => of.group === group);
  }

  fold(event: EventRecord): void {
    if (event.kind === EventKind.transactionEndSettled) return this.#transactionEnded(event);
    const { group, scope } = event;
    const key = pairKey(group, scope);
    const of = this.#scopes.get(key) ?? new ScopeCommits(group, scope);
    this.#scopes.set(key, of);
    if (event.kind === EventKind.offsetCommitInvoke) of.begin(commitOf(event));
    else settle(of, event);
  }

  bytes(): number {
    return this.#scopes.size * 128;
  }

  #transactionEnded({ ref: transaction, detail, outcome, timeNs }: EventRecord): void {
    if (outcome !== OutcomeCode.ok) return;
    for (const of of this.#scopes.values()) {
      for (const commit of of.commits.filter((one) => one.transaction === transaction)) {
        if (detail === TransactionEndCode.commit) of.apply(commit, timeNs);
        else of.drop(commit);
      }
    }
  }
}

function commitOf({
  session,
  ticket,
  seq,
  timeNs,
  positionMajor,
  positionMinor,
}: EventRecord): Commit {
  return {
    session,
    ticket,
    transaction: seq,
    position: { major: positionMajor, minor: positionMinor },
    invokedNs: timeNs,
    appliedNs: Number.POSITIVE_INFINITY,
  };
}

function settle(of: ScopeCommits, event: EventRecord): void {
  const { session, ticket, timeNs, outcome } = event;
  const begun = of.commits.find((one) => one.session === session && one.ticket === ticket);
  if (outcome === OutcomeCode.fail && begun !== undefined) of.drop(begun);
  if (outcome !== OutcomeCode.ok || event.seq !== 0) return;
  const commit = begun ?? commitOf(event);
  if (begun === undefined) of.begin(commit);
  of.apply(commit, timeNs);
}
