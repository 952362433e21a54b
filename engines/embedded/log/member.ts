/** What a member is told; the host turns it into pushes. */
export type GroupEvent =
  /** Give these up, then call `rejoin`: once for every event of this kind, in their order. */
  | {
      readonly kind: 'revoke';
      readonly generation: number;
      readonly partitions: readonly number[];
    }
  /** These are its own from now on, besides what it has. */
  | { readonly kind: 'assign'; readonly generation: number; readonly partitions: readonly number[] }
  /** It was silent, or did not give up in time; the others went on without it. */
  | { readonly kind: 'removed'; readonly generation: number }
  /** Another connection came with its instance id and has taken its place. */
  | { readonly kind: 'fenced'; readonly generation: number };

export type GroupListener = (event: GroupEvent) => void;

interface Revocation {
  readonly partitions: readonly number[];
  readonly deadlineMs: number;
}

/**
 * One member of a group: what it owns, since which generation, and what it was asked to give up. A dynamic
 * member is its connection. A static one, which has an instance id, is away between two connections, and
 * owns what it owned until its session timeout ends it (KIP-345).
 */
export class Member {
  /** The session of its first connection, which orders members. */
  readonly id: number;
  readonly instance: string | undefined;
  readonly sessionTimeoutMs: number;
  session: number | undefined;
  heardMs: number;
  /** Still to be told what it owns, if only that it owns nothing. */
  awaitsAssignment = true;
  #tell: GroupListener;
  readonly #since = new Map<number, number>();
  readonly #asked: Revocation[] = [];

  constructor(
    joining: {
      readonly session: number;
      readonly instance: string | undefined;
      readonly sessionTimeoutMs: number;
    },
    tell: GroupListener,
    nowMs: number,
  ) {
    this.id = joining.session;
    this.session = joining.session;
    this.instance = joining.instance;
    this.sessionTimeoutMs = joining.sessionTimeoutMs;
    this.heardMs = nowMs;
    this.#tell = tell;
  }

  get isAway(): boolean {
    return this.session === undefined;
  }

  get owesRejoin(): boolean {
    return this.#asked.length > 0;
  }

  /** What it owns and was not asked to give up. */
  get holds(): number[] {
    const asked = new Set(this.#asked.flatMap(({ partitions }) => partitions));
    return [...this.#since.keys()].filter((partition) => !asked.has(partition));
  }

  /** Everything that nobody else may own yet. */
  get owns(): Iterable<number> {
    return this.#since.keys();
  }

  /** The generation in which it got the partition; undefined when it was not told that it is its own. */
  since(partition: number): number | undefined {
    return this.awaitsAssignment ? undefined : this.#since.get(partition);
  }

  /** When it is taken for dead, unless it says something before. */
  get deadlineMs(): number {
    const silentMs = this.heardMs + this.sessionTimeoutMs;
    return Math.min(silentMs, this.#asked[0]?.deadlineMs ?? silentMs);
  }

  give(partitions: readonly number[], generation: number): void {
    for (const partition of partitions) this.#since.set(partition, generation);
    this.awaitsAssignment = this.isAway;
    this.tell({ kind: 'assign', generation, partitions });
  }

  /** Who is away, or was not told yet, uses nothing: what it should give up is free at once. */
  ask(partitions: readonly number[], generation: number, deadlineMs: number): void {
    if (partitions.length === 0) return;
    if (this.awaitsAssignment) {
      for (const partition of partitions) this.#since.delete(partition);
      return;
    }
    this.#asked.push({ partitions, deadlineMs });
    this.tell({ kind: 'revoke', generation, partitions });
  }

  /** It has given up what it was asked for first. */
  gaveUp(): void {
    for (const partition of this.#asked.shift()?.partitions ?? []) this.#since.delete(partition);
  }

  /** Its connection has ended: whatever it was asked to give up, it uses no more. */
  goAway(): void {
    while (this.owesRejoin) this.gaveUp();
    this.session = undefined;
    this.awaitsAssignment = true;
    this.#tell = () => {};
  }

  /** Of what nobody can tell it that it owns it. */
  lose(): void {
    this.#since.clear();
  }

  comeBack(session: number, tell: GroupListener, nowMs: number): void {
    this.session = session;
    this.#tell = tell;
    this.heardMs = nowMs;
  }

  tell(event: GroupEvent): void {
    this.#tell(event);
  }
}
