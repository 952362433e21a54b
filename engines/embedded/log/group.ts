import type { PartitionOffset } from './entries.ts';

/** What a member is told; the host turns it into pushes. */
export type GroupEvent =
  /** Give everything up, then call `rejoin`. */
  | { readonly kind: 'revoke'; readonly generation: number }
  | { readonly kind: 'assign'; readonly generation: number; readonly partitions: readonly number[] }
  /** It did not give up in time; the others went on without it. */
  | { readonly kind: 'removed'; readonly generation: number };

export type GroupListener = (event: GroupEvent) => void;

interface Member {
  readonly session: number;
  readonly tell: GroupListener;
  assigned: readonly number[];
  owesRejoin: boolean;
}

export type CommitCheck = 'ok' | 'not-a-member' | 'stale-generation' | 'foreign-partition';

/**
 * Members of one consumer group with eager assignment: at every change all members give up everything,
 * and the partitions are dealt out anew under the next generation. A member is its connection: it leaves
 * the instant the connection ends. Commits are accepted from the current generation's members for their
 * own partitions, also while they are being revoked, because that is when their last work is settled.
 */
export class Group {
  readonly name: string;
  readonly topic: number;
  readonly #partitions: number;
  readonly #rebalanceTimeoutMs: number;
  readonly #beginGeneration: () => number | undefined;
  readonly #members = new Map<number, Member>();
  /** Set while members still owe their rejoin. */
  #deadlineMs: number | undefined;
  #generation: number;

  constructor(options: {
    readonly name: string;
    readonly topic: number;
    readonly partitions: number;
    readonly rebalanceTimeoutMs: number;
    readonly generation: number;
    /**
     * Makes the next generation durable and returns it, so that it never repeats; undefined where nothing can
     * be stored now, and then the group stays without assignments and tries again after a timeout.
     */
    readonly beginGeneration: () => number | undefined;
  }) {
    this.name = options.name;
    this.topic = options.topic;
    this.#partitions = options.partitions;
    this.#rebalanceTimeoutMs = options.rebalanceTimeoutMs;
    this.#generation = options.generation;
    this.#beginGeneration = options.beginGeneration;
  }

  get size(): number {
    return this.#members.size;
  }

  has(session: number): boolean {
    return this.#members.has(session);
  }

  get deadlineMs(): number | undefined {
    return this.#deadlineMs;
  }

  join(session: number, tell: GroupListener, nowMs: number): void {
    this.#members.set(session, { session, tell, assigned: [], owesRejoin: false });
    this.#rebalance(nowMs);
  }

  /** False when the session is no member (any more). */
  rejoin(session: number): boolean {
    const member = this.#members.get(session);
    if (member === undefined) return false;
    member.owesRejoin = false;
    this.#completeWhenReady();
    return true;
  }

  leave(session: number, nowMs: number): boolean {
    if (!this.#members.delete(session)) return false;
    if (this.#members.size === 0) this.#deadlineMs = undefined;
    else this.#rebalance(nowMs);
    return true;
  }

  tick(nowMs: number): void {
    if (this.#deadlineMs === undefined || nowMs < this.#deadlineMs) return;
    for (const member of this.#members.values()) {
      if (!member.owesRejoin) continue;
      this.#members.delete(member.session);
      member.tell({ kind: 'removed', generation: this.#generation });
    }
    this.#completeWhenReady();
  }

  checkCommit(
    session: number,
    generation: number,
    offsets: readonly PartitionOffset[],
  ): CommitCheck {
    const member = this.#members.get(session);
    if (member === undefined) return 'not-a-member';
    if (generation !== this.#generation) return 'stale-generation';
    const own = offsets.every(({ partition }) => member.assigned.includes(partition));
    return own ? 'ok' : 'foreign-partition';
  }

  /** Asks everybody who holds partitions to give them up; those who already owe it keep their deadline. */
  #rebalance(nowMs: number): void {
    this.#deadlineMs ??= nowMs + this.#rebalanceTimeoutMs;
    for (const member of this.#members.values()) {
      if (member.owesRejoin || member.assigned.length === 0) continue;
      member.owesRejoin = true;
      member.tell({ kind: 'revoke', generation: this.#generation });
    }
    this.#completeWhenReady();
  }

  #completeWhenReady(): void {
    if (this.#deadlineMs === undefined) return;
    for (const member of this.#members.values()) if (member.owesRejoin) return;
    if (this.#members.size === 0) {
      this.#deadlineMs = undefined;
      return;
    }
    const generation = this.#beginGeneration();
    if (generation === undefined) {
      this.#deadlineMs += this.#rebalanceTimeoutMs;
      return;
    }
    this.#deadlineMs = undefined;
    this.#generation = generation;
    const members = [...this.#members.values()].sort((a, b) => a.session - b.session);
    for (const [rank, member] of members.entries()) {
      member.assigned = share(this.#partitions, members.length, rank);
      member.tell({ kind: 'assign', generation: this.#generation, partitions: member.assigned });
    }
  }
}

/** Contiguous ranges whose sizes differ by one at most. */
function share(partitions: number, members: number, rank: number): readonly number[] {
  const from = Math.floor((partitions * rank) / members);
  const to = Math.floor((partitions * (rank + 1)) / members);
  return Array.from({ length: to - from }, (_, index) => from + index);
}
