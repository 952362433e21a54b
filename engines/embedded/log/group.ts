import type { Keeps } from '../rules.ts';
import type { PartitionOffset } from './entries.ts';
import { type GroupListener, Member } from './member.ts';
import { type RebalanceProtocol, rebalances } from './rebalance.ts';

export type CommitCheck = 'ok' | 'not-a-member' | 'stale-generation' | 'foreign-partition';

/** How a member joins; all members of a group speak one rebalance protocol. */
export interface Joining {
  readonly session: number;
  /** Stable over the connections of a static member; undefined for a dynamic one, which is its connection. */
  readonly instance: string | undefined;
  /** A member that says nothing for so long is removed, also one that is connected. */
  readonly sessionTimeoutMs: number;
}

export interface GroupOptions {
  readonly name: string;
  readonly topic: number;
  readonly partitions: number;
  readonly protocol: RebalanceProtocol;
  /** How long a member may take to give up what it is asked for. */
  readonly rebalanceTimeoutMs: number;
  readonly generation: number;
  readonly keeps: Keeps;
  /**
   * Makes the next generation durable and returns it, so that it never repeats; undefined where nothing can
   * be stored now, and then the group goes on without new assignments and tries again after a timeout.
   */
  readonly beginGeneration: () => number | undefined;
}

/**
 * The members of one consumer group and what each of them owns, as a state machine without I/O. A commit
 * is accepted from the member that owns its partitions, made in the generation in which it got them or a
 * later one, also while it is giving them up, because that is when its last work is settled.
 */
export class Group {
  readonly name: string;
  readonly topic: number;
  readonly protocol: RebalanceProtocol;
  readonly #options: GroupOptions;
  #partitions: number;
  readonly #members = new Map<number, Member>();
  readonly #bySession = new Map<number, Member>();
  readonly #byInstance = new Map<string, Member>();
  /** Set after a generation could not be stored. */
  #retryMs: number | undefined;
  #generation: number;

  constructor(options: GroupOptions) {
    this.#options = options;
    this.#partitions = options.partitions;
    this.name = options.name;
    this.topic = options.topic;
    this.protocol = options.protocol;
    this.#generation = options.generation;
  }

  get size(): number {
    return this.#members.size;
  }

  has(session: number): boolean {
    return this.#bySession.has(session);
  }

  /** When `tick` must be called next. */
  get deadlineMs(): number | undefined {
    let next = this.#retryMs;
    for (const { deadlineMs } of this.#members.values()) {
      next = Math.min(next ?? deadlineMs, deadlineMs);
    }
    return next;
  }

  join(joining: Joining, tell: GroupListener, nowMs: number): void {
    const { session, instance } = joining;
    const known = instance === undefined ? undefined : this.#byInstance.get(instance);
    if (known !== undefined) {
      this.#comeBack(known, session, tell, nowMs);
      return;
    }
    const member = new Member(joining, tell, nowMs);
    this.#members.set(member.id, member);
    this.#bySession.set(session, member);
    if (instance !== undefined) this.#byInstance.set(instance, member);
    this.#rebalance(nowMs);
  }

  /** False when the session is no member (any more). */
  rejoin(session: number, nowMs: number): boolean {
    const member = this.#heard(session, nowMs);
    if (member === undefined) return false;
    if (!member.owesRejoin) return true;
    member.gaveUp();
    this.#rebalance(nowMs);
    return true;
  }

  heartbeat(session: number, nowMs: number): boolean {
    return this.#heard(session, nowMs) !== undefined;
  }

  leave(session: number, nowMs: number): boolean {
    const member = this.#bySession.get(session);
    if (member === undefined) return false;
    this.#remove(member);
    this.#rebalance(nowMs);
    return true;
  }

  /** A dynamic member leaves with its connection, a static one is away. */
  disconnected(session: number, nowMs: number): void {
    const member = this.#bySession.get(session);
    if (member === undefined) return;
    const owed = member.owesRejoin;
    if (member.instance === undefined) this.#remove(member);
    else {
      this.#bySession.delete(session);
      member.goAway();
      if (!owed) return;
    }
    this.#rebalance(nowMs);
  }

  /** @param partitions that the topic has now, in all */
  grow(partitions: number, nowMs: number): void {
    this.#partitions = partitions;
    if (this.size > 0) this.#rebalance(nowMs);
  }

  tick(nowMs: number): void {
    const dead = [...this.#members.values()].filter(({ deadlineMs }) => deadlineMs <= nowMs);
    for (const member of dead) {
      this.#remove(member);
      member.tell({ kind: 'removed', generation: this.#generation });
    }
    const isRetried = this.#retryMs !== undefined && this.#retryMs <= nowMs;
    if (dead.length > 0 || isRetried) this.#rebalance(nowMs);
  }

  checkCommit(
    session: number,
    generation: number,
    offsets: readonly PartitionOffset[],
    nowMs: number,
  ): CommitCheck {
    const member = this.#heard(session, nowMs);
    if (member === undefined) return 'not-a-member';
    if (generation > this.#generation) return 'stale-generation';
    for (const { partition } of offsets) {
      const since = member.since(partition);
      if (since === undefined) return 'foreign-partition';
      if (generation < since) return 'stale-generation';
    }
    return 'ok';
  }

  #heard(session: number, nowMs: number): Member | undefined {
    const member = this.#bySession.get(session);
    if (member !== undefined) member.heardMs = Math.max(member.heardMs, nowMs);
    return member;
  }

  /** With its instance id a member gets back what it had, and nobody else notices. */
  #comeBack(member: Member, session: number, tell: GroupListener, nowMs: number): void {
    const owed = member.owesRejoin;
    if (member.session !== undefined) {
      if (this.#options.keeps('fence-former-connections')) {
        member.tell({ kind: 'fenced', generation: this.#generation });
        this.#bySession.delete(member.session);
      }
      member.goAway();
    }
    member.comeBack(session, tell, nowMs);
    this.#bySession.set(session, member);
    const isStopped = owed || [...this.#members.values()].some((one) => one.owesRejoin);
    if (this.protocol === 'cooperative' || isStopped) this.#rebalance(nowMs);
    else this.#returnHoldings(member, nowMs);
  }

  /** Under a new generation, so that what its former connection began is refused. */
  #returnHoldings(member: Member, nowMs: number): void {
    const generation = this.#begin();
    if (generation !== undefined) {
      member.give(member.holds, generation);
      return;
    }
    member.lose();
    this.#rebalance(nowMs);
  }

  #remove(member: Member): void {
    this.#members.delete(member.id);
    if (member.session !== undefined) this.#bySession.delete(member.session);
    if (member.instance !== undefined) this.#byInstance.delete(member.instance);
  }

  #rebalance(nowMs: number): void {
    const members = [...this.#members.values()].sort((a, b) => a.id - b.id);
    const deadlineMs = nowMs + this.#options.rebalanceTimeoutMs;
    const step = rebalances[this.protocol]({
      partitions: this.#partitions,
      members,
      generation: this.#generation,
      deadlineMs,
      keeps: this.#options.keeps,
      begin: () => this.#begin(),
    });
    this.#retryMs = step === 'unstored' ? deadlineMs : undefined;
  }

  #begin(): number | undefined {
    const generation = this.#options.beginGeneration();
    if (generation !== undefined) this.#generation = generation;
    return generation;
  }
}
