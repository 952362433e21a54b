import {
  type CommitLog,
  type EntryAddress,
  type EntrySlice,
  JournalError,
  type Need,
} from '../journal/commit-log.ts';
import type { Keeps } from '../rules.ts';
import { FollowerProgress } from './follower-progress.ts';
import {
  type ClusterState,
  type Fetch,
  type Fetched,
  holds,
  isSame,
  type Member,
  type NodeId,
  type ToController,
} from './messages.ts';
import type { ReplicaLog } from './replica-log.ts';

export interface LeaderOptions {
  readonly log: ReplicaLog;
  readonly self: Member;
  /** So many replicas must store an entry before it is committed, the leader among them. */
  readonly minInSync: number;
  /** A follower that has not caught up for so long is not in sync any more. */
  readonly lagMs: number;
  /** How long a follower's request waits for entries. */
  readonly fetchWaitMs: number;
  readonly fetchBytes: number;
  readonly keeps: Keeps;
  readonly answer: (to: NodeId, answer: Fetched) => void;
  readonly propose: (alteration: ToController) => void;
}

interface Waiting {
  readonly index: number;
  readonly done: () => void;
  readonly tooFew: (() => void) | undefined;
}

/**
 * The log of a cluster as its leader offers it: an entry is committed when all of the in-sync set store it,
 * and that set is never smaller than the minimum. A leader that was deposed and does not know it commits
 * nothing, because whoever left it does not ask it for entries any more.
 */
export class Leader implements CommitLog {
  readonly #options: LeaderOptions;
  readonly #followers = new Map<NodeId, FollowerProgress>();
  /** Where it took over: all that may have been committed before ends here. */
  readonly #begin: number;
  #state: ClusterState;
  #highWatermark = 0;
  #waiting: Waiting[] = [];
  /** Whom it has asked the controller to take in; the answer may be under way, and then they count. */
  #proposed: readonly Member[] = [];
  #lagging: readonly Member[] = [];
  #isOver = false;

  constructor(options: LeaderOptions, state: ClusterState, nowMs: number) {
    this.#options = options;
    this.#state = state;
    this.#begin = options.log.end;
    for (const member of state.inSync) this.#progressOf(member, nowMs);
    this.#advance();
  }

  /** Entries below it are committed. */
  get highWatermark(): number {
    return this.#highWatermark;
  }

  get epoch(): number {
    return this.#state.epoch;
  }

  end(): void {
    this.#isOver = true;
    this.#waiting = [];
  }

  append(chunks: readonly Buffer[], need: Need): EntryAddress {
    if (this.#isOver) throw new JournalError('closed', 'this node does not lead any more');
    const { log, minInSync } = this.#options;
    if (need !== 'leader' && this.#inReach < minInSync) {
      const are = `${this.#inReach} of at least ${minInSync} in-sync replicas are there`;
      throw new JournalError('not-enough-replicas', are);
    }
    const address = log.append(this.epoch, chunks, need === 'durable');
    log.whenStored(address.index, 'committed', () => this.#advance());
    for (const follower of this.#followers.values()) this.#serve(follower);
    return address;
  }

  when(index: number, need: Need, done: () => void, tooFew?: () => void): void {
    const { log, keeps } = this.#options;
    const unlessOver = (): void => {
      if (!this.#isOver) done();
    };
    if (need === 'durable') {
      log.whenStored(index, 'durable', () => this.when(index, 'committed', unlessOver, tooFew));
    } else if (need === 'leader' || !keeps('acknowledge-when-replicated')) {
      log.whenStored(index, 'committed', unlessOver);
    } else if (index < this.#highWatermark) done();
    else this.#waiting.push({ index, done, tooFew });
  }

  read(slice: EntrySlice): Buffer {
    return this.#options.log.read(slice);
  }

  /** The controller has changed something of this epoch. */
  altered(state: ClusterState, nowMs: number): void {
    this.#state = state;
    this.#proposed = [];
    for (const member of state.inSync) this.#progressOf(member, nowMs);
    this.#advance();
  }

  fetch(fetch: Fetch, nowMs: number): void {
    const { log, self, answer, keeps } = this.#options;
    const follower = this.#progressOf(fetch.from, nowMs);
    if (follower === undefined || !follower.isNew(fetch)) return;
    const { epoch: lastEpoch, end } = log.endOf(fetch.lastEpoch);
    const isBeginning = lastEpoch === fetch.lastEpoch && fetch.position <= end;
    if (!isBeginning && keeps('truncate-diverged')) {
      const { epoch, request, from: to } = fetch;
      return answer(to.node, { kind: 'diverged', to, epoch, request, lastEpoch, end });
    }
    follower.asked(fetch, log.end, nowMs);
    follower.waiting = { fetch, untilMs: nowMs + this.#options.fetchWaitMs };
    this.#serve(follower);
    this.#advance();
    if (!holds(this.#state.inSync, fetch.from) && !isSame(fetch.from, self)) this.#alter(nowMs);
  }

  tick(nowMs: number): void {
    for (const follower of this.#followers.values()) {
      const { waiting } = follower;
      if (waiting !== undefined && waiting.untilMs <= nowMs) this.#answer(follower, waiting.fetch);
    }
    this.#lagging = this.#state.inSync.filter((member) => this.#isLagging(member, nowMs));
    if (this.#inReach < this.#options.minInSync) this.#tellTooFew();
    this.#alter(nowMs);
  }

  #tellTooFew(): void {
    const told = this.#waiting.filter(({ tooFew }) => tooFew !== undefined);
    if (told.length === 0) return;
    this.#waiting = this.#waiting.filter(({ tooFew }) => tooFew === undefined);
    for (const { tooFew } of told) tooFew?.();
  }

  /** Replicas that would store an entry now, as far as the leader knows. */
  get #inReach(): number {
    return this.#state.inSync.filter((member) => !holds(this.#lagging, member)).length;
  }

  #isLagging(member: Member, nowMs: number): boolean {
    if (isSame(member, this.#options.self)) return false;
    const follower = this.#followers.get(member.node);
    const isHeard = follower !== undefined && isSame(follower.member, member);
    return !isHeard || follower.lagMs(nowMs) > this.#options.lagMs;
  }

  /** Undefined for an earlier start of a node that was heard of since. */
  #progressOf(member: Member, nowMs: number): FollowerProgress | undefined {
    const known = this.#followers.get(member.node);
    if (known !== undefined && member.incarnation < known.member.incarnation) return undefined;
    if (known !== undefined && isSame(known.member, member)) return known;
    const follower = new FollowerProgress(member, this.#options.log.end, nowMs);
    this.#followers.set(member.node, follower);
    return follower;
  }

  #serve(follower: FollowerProgress): void {
    const { waiting } = follower;
    if (waiting === undefined || waiting.fetch.position >= this.#options.log.end) return;
    this.#answer(follower, waiting.fetch);
  }

  #answer(follower: FollowerProgress, { from: to, epoch, request, position }: Fetch): void {
    const { log, fetchBytes, answer } = this.#options;
    follower.waiting = undefined;
    const entries = log.entriesFrom(position, fetchBytes);
    answer(to.node, { kind: 'fetched', to, epoch, request, entries });
  }

  /** Those who may be in sync by now count as well, whatever the controller's answer will be (KIP-497). */
  #advance(): void {
    const { log, self, minInSync } = this.#options;
    const { inSync } = this.#state;
    if (inSync.length < minInSync) return;
    let stored = log.storedEnd;
    for (const member of [...inSync, ...this.#proposed]) {
      if (isSame(member, self)) continue;
      const follower = this.#followers.get(member.node);
      const isHeard = follower !== undefined && isSame(follower.member, member);
      stored = Math.min(stored, isHeard ? follower.position : 0);
    }
    if (stored <= this.#highWatermark) return;
    this.#highWatermark = stored;
    const released = this.#waiting.filter(({ index }) => index < stored);
    if (released.length === 0) return;
    this.#waiting = this.#waiting.filter(({ index }) => index >= stored);
    for (const { done } of released) if (!this.#isOver) done();
  }

  /** Who lags leaves, unless too few would be left; who has all that may be committed joins. */
  #alter(nowMs: number): void {
    const { self, minInSync, lagMs, propose } = this.#options;
    const { epoch, version, inSync } = this.#state;
    const least = Math.max(this.#begin, this.#highWatermark);
    const joining = [...this.#followers.values()].filter((follower) => {
      const isBack = follower.position >= least && follower.lagMs(nowMs) <= lagMs;
      return isBack && !isSame(follower.member, self) && !holds(inSync, follower.member);
    });
    const asked = joining.map(({ member }) => member);
    const staying = inSync.filter((member) => !holds(this.#lagging, member));
    const missing = Math.max(0, minInSync - staying.length);
    const next = [...staying, ...this.#lagging.slice(0, missing), ...asked];
    if (asked.length === 0 && next.length === inSync.length) return;
    const others = this.#proposed.filter((member) => !holds(asked, member));
    this.#proposed = [...others, ...asked];
    propose({ kind: 'alter-in-sync', from: self, epoch, version, inSync: next });
  }
}
