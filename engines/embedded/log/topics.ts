import type { StoredBatch } from '../journal/batch-store.ts';
import type { Keeps } from '../rules.ts';
import { JournalError } from '../journal/commit-log.ts';
import { BatchView } from '../protocol/batch.ts';
import { Status } from '../protocol/protocol.ts';
import { Compaction } from './compaction.ts';
import type { LogEntry, PartitionOffset } from './entries.ts';
import { Partition } from './partition.ts';
import { type Refused, unknownTopic } from './refusals.ts';
import type { Deletion, TopicPolicy } from './topic-policy.ts';

export type TopicEntry = Extract<
  LogEntry,
  { kind: 'topic-created' | 'topic-deleted' | 'partitions-added' | 'log-start-moved' }
>;

export interface Topic {
  readonly id: number;
  readonly name: string;
  readonly policy: TopicPolicy;
  readonly partitions: readonly Partition[];
}

export type Created = { readonly status: typeof Status.ok; readonly topic: number } | Refused;
export type Done = { readonly status: typeof Status.ok } | Refused;

export interface TopicsOptions {
  /** How often it is looked for what has outlived its topic’s policy. */
  readonly cleanupEveryMs: number;
  /** Milliseconds since 1970, which messages are stamped with. */
  readonly wallMs: () => number;
  readonly load: (stored: StoredBatch) => Buffer;
  readonly keeps: Keeps;
  /** Writes an entry into the journal and applies it. @throws JournalError */
  readonly record: (entry: TopicEntry, committed: () => void) => void;
}

/** A topic may grow to so many partitions, which is as many as an entry can name. */
const partitionsMost = 65_535;

/** The topics of a log, and what retention does to them. */
export class Topics {
  readonly #options: TopicsOptions;
  readonly #byId = new Map<number, Topic & { partitions: Partition[] }>();
  readonly #byName = new Map<string, Topic>();
  readonly #compactions = new Map<Partition, Compaction>();
  #nextTopic = 1;
  #nextCleanupMs = 0;

  constructor(options: TopicsOptions) {
    this.#options = options;
  }

  get all(): Iterable<Topic> {
    return this.#byId.values();
  }

  get nextTopic(): number {
    return this.#nextTopic;
  }

  /** Recovery: ids below it are used up. */
  usedBelow(nextTopic: number): void {
    this.#nextTopic = Math.max(this.#nextTopic, nextTopic);
  }

  get(id: number): Topic | undefined {
    return this.#byId.get(id);
  }

  create(
    name: string,
    partitions: number,
    policy: TopicPolicy,
    done: (created: Created) => void,
  ): void {
    if (this.#byName.has(name)) {
      done({ status: Status.alreadyExists, reason: 'a topic of this name exists' });
      return;
    }
    if (partitions < 1 || policy.segmentBytes < 1) {
      done({ status: Status.badRequest, reason: 'a topic needs a partition, and it a segment' });
      return;
    }
    const topic = this.#nextTopic;
    this.#options.record({ kind: 'topic-created', topic, name, partitions, policy }, () =>
      done({ status: Status.ok, topic }),
    );
  }

  /** Keys go elsewhere from then on: what is there stays where it is. @param partitions in all */
  grow(topic: number, partitions: number, done: (grown: Done) => void): void {
    const known = this.#byId.get(topic);
    if (known === undefined) return done(unknownTopic);
    if (partitions <= known.partitions.length || partitions > partitionsMost) {
      const reason = `the topic has ${known.partitions.length} partitions, and can only get more`;
      return done({ status: Status.badRequest, reason });
    }
    this.#options.record({ kind: 'partitions-added', topic, partitions }, () =>
      done({ status: Status.ok }),
    );
  }

  delete(topic: number, done: (deleted: Done) => void): void {
    if (!this.#byId.has(topic)) return done(unknownTopic);
    this.#options.record({ kind: 'topic-deleted', topic }, () => done({ status: Status.ok }));
  }

  apply(entry: TopicEntry): void {
    const known = this.#byId.get(entry.topic);
    const { keeps } = this.#options;
    switch (entry.kind) {
      case 'topic-created': {
        const { topic: id, name, policy } = entry;
        const partitions = Array.from(
          { length: entry.partitions },
          () => new Partition(policy, keeps),
        );
        const topic = { id, name, policy, partitions };
        this.#byId.set(id, topic);
        this.#byName.set(name, topic);
        this.#nextTopic = Math.max(this.#nextTopic, id + 1);
        return;
      }
      case 'topic-deleted':
        if (known !== undefined) this.#byName.delete(known.name);
        for (const partition of known?.partitions ?? []) this.#compactions.delete(partition);
        this.#byId.delete(entry.topic);
        return;
      case 'partitions-added':
        for (let left = entry.partitions - (known?.partitions.length ?? 0); left > 0; left -= 1) {
          known?.partitions.push(new Partition(known.policy, keeps));
        }
        return;
      case 'log-start-moved':
        for (const { partition, offset } of entry.starts) {
          known?.partitions[partition]?.startAt(offset);
        }
    }
  }

  /** When `tick` must be called next; undefined while nothing is ever removed. */
  nextWakeMs(): number | undefined {
    const isCleaned = [...this.#byId.values()].some(({ policy }) => policy.cleanup.kind !== 'keep');
    return isCleaned ? this.#nextCleanupMs : undefined;
  }

  tick(nowMs: number): void {
    if (nowMs < this.#nextCleanupMs) return;
    this.#nextCleanupMs = nowMs + this.#options.cleanupEveryMs;
    try {
      for (const topic of this.#byId.values()) this.#cleanUp(topic);
    } catch (error) {
      // What could not be written down did not happen, and is tried again.
      if (!(error instanceof JournalError)) throw error;
    }
  }

  #cleanUp(topic: Topic): void {
    const { cleanup } = topic.policy;
    const nowMs = this.#options.wallMs();
    if (cleanup.kind === 'delete') this.#removeExpired(topic, cleanup, nowMs);
    if (cleanup.kind !== 'compact') return;
    for (const partition of topic.partitions) {
      const { load, keeps } = this.#options;
      const known = this.#compactions.get(partition);
      const compaction = known ?? new Compaction(partition, cleanup.tombstoneMs, load, keeps);
      this.#compactions.set(partition, compaction);
      compaction.run(nowMs);
    }
  }

  #removeExpired({ id, partitions }: Topic, cleanup: Deletion, nowMs: number): void {
    const starts: PartitionOffset[] = [];
    const kept = this.#options.keeps('keep-what-is-young') ? cleanup : quarterOf(cleanup);
    for (const [partition, { segments, decidedBelow }] of partitions.entries()) {
      const offset = segments.expiredBelow(kept, decidedBelow, nowMs);
      if (offset !== undefined) starts.push({ partition, offset });
    }
    if (starts.length === 0) return;
    this.#options.record({ kind: 'log-start-moved', topic: id, starts }, () => {});
  }
}

function quarterOf(cleanup: Deletion): Deletion {
  const { ms, bytes } = cleanup;
  return { ...cleanup, ms: ms && ms / 4, bytes: bytes && bytes / 4 };
}

/** Why a topic that is compacted by key cannot take the batch. */
export function keyRefusal({ policy }: Topic, batch: Buffer): Refused | undefined {
  if (policy.cleanup.kind !== 'compact') return undefined;
  const view = BatchView.trusted(batch);
  for (let index = 0; index < view.count; index += 1) {
    if (view.key(index) === undefined) {
      return {
        status: Status.badRequest,
        reason: 'a compacted topic takes no message without a key',
      };
    }
  }
  return undefined;
}
