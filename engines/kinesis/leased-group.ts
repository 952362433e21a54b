import { Group } from '../embedded/log/group.ts';
import type { GroupEvent } from '../embedded/log/member.ts';
import type { Said, Told } from './lease-protocol.ts';

/** How long a consumer may take to give up what it is asked for. */
const giveUpMs = 10_000;

type Join = Extract<Said, { say: 'join' }>;
type Ask = Extract<Said, { say: 'checkpoint' }>;

/** The consumers of one subscription: which shards each of them has, and how far they have come. */
export class LeasedGroup {
  readonly #group: Group;
  readonly #checkpoints = new Map<number, string>();
  #generation = 0;

  constructor({ group: name, shards }: Join) {
    this.#group = new Group({
      name,
      topic: 0,
      partitions: shards,
      // Only what changes hands is given up, by whoever has it, before another reads it.
      protocol: 'cooperative',
      rebalanceTimeoutMs: giveUpMs,
      generation: 0,
      keeps: () => true,
      beginGeneration: () => {
        this.#generation += 1;
        return this.#generation;
      },
    });
  }

  /** The last record of a shard that was processed. */
  checkpointOf(shard: number): string | undefined {
    return this.#checkpoints.get(shard);
  }

  join(session: number, { silenceMs }: Join, tell: (told: Told) => void, nowMs: number): void {
    const joining = { session, instance: undefined, sessionTimeoutMs: silenceMs };
    this.#group.join(joining, (event) => this.#pass(event, tell), nowMs);
  }

  heard(session: number, nowMs: number): void {
    this.#group.heartbeat(session, nowMs);
  }

  gaveUp(session: number, nowMs: number): void {
    this.#group.rejoin(session, nowMs);
  }

  /** @returns by their index, those that were not kept, because the shard is not this consumer's */
  checkpoint(session: number, { at }: Ask, nowMs: number): readonly number[] {
    const refused: number[] = [];
    for (const [index, { shard, generation, sequenceNumber }] of at.entries()) {
      const offsets = [{ partition: shard, offset: 0 }];
      const isOwn = this.#group.checkCommit(session, generation, offsets, nowMs) === 'ok';
      if (isOwn) this.#checkpoints.set(shard, sequenceNumber);
      else refused.push(index);
    }
    return refused;
  }

  leave(session: number, nowMs: number): void {
    this.#group.leave(session, nowMs);
  }

  /** Its connection has ended, and with it whoever was there. */
  disconnected(session: number, nowMs: number): void {
    this.#group.disconnected(session, nowMs);
  }

  /** Whoever was silent for too long is removed. */
  tick(nowMs: number): void {
    if ((this.#group.deadlineMs ?? Infinity) <= nowMs) this.#group.tick(nowMs);
  }

  #pass(event: GroupEvent, tell: (told: Told) => void): void {
    switch (event.kind) {
      case 'assign': {
        const leases = event.partitions.map((shard) => ({
          shard,
          after: this.#checkpoints.get(shard) ?? null,
        }));
        return tell({ tell: 'assign', generation: event.generation, leases });
      }
      case 'revoke':
        return tell({ tell: 'revoke', shards: event.partitions });
      // Nobody is fenced: who comes again is another consumer.
      case 'removed':
      case 'fenced':
        return tell({ tell: 'removed' });
    }
  }
}
