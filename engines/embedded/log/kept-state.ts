import type { BatchStore, StoredBatch } from '../journal/batch-store.ts';
import type { Checkpointed, PlaceOf } from '../journal/space.ts';
import type { Keeps } from '../rules.ts';
import type { ConsumerGroups } from './consumer-groups.ts';
import { encodeLogEntry, type LogEntry } from './entries.ts';
import type { BatchFate, KeptEntry } from './kept-entries.ts';
import { abortedBefore } from './open-transaction.ts';
import type { IndexedBatch } from './partition.ts';
import type { Topics } from './topics.ts';
import type { Transactions } from './transactions.ts';

export interface LogParts {
  readonly topics: Topics;
  readonly groups: ConsumerGroups;
  readonly transactions: Transactions;
}

export function lastingOf(parts: LogParts, nextProducer: () => number, keeps: Keeps): Checkpointed {
  return {
    live: () => liveBatches(parts),
    *entries(placeOf) {
      for (const entry of keptEntries(parts, nextProducer(), placeOf, keeps)) {
        yield encodeLogEntry(entry);
      }
    },
  };
}

function* liveBatches({ topics }: LogParts): Generator<StoredBatch> {
  for (const { partitions } of topics.all) {
    for (const { batches } of partitions) for (const { stored } of batches) yield stored;
  }
}

function* keptEntries(
  { topics, groups, transactions }: LogParts,
  nextProducer: number,
  placeOf: PlaceOf,
  keeps: Keeps,
): Generator<LogEntry> {
  const nextId = keeps('keep-given-ids') ? nextProducer : 1;
  yield { kind: 'numbers-kept', nextTopic: topics.nextTopic, nextProducer: nextId };
  yield* transactions.kept();
  for (const { id: topic, name, policy, partitions } of topics.all) {
    yield { kind: 'topic-created', topic, name, policy, partitions: partitions.length };
    for (const [partition, { batches, producers, start, end }] of partitions.entries()) {
      for (const batch of batches) {
        const { baseOffset, count, timestampMs, stored } = batch;
        const fate = fateOf(batch, transactions);
        const removed = [...(batch.removed ?? [])].toSorted((a, b) => a - b);
        const place = { topic, partition, batch: placeOf(stored) };
        yield { kind: 'batch-kept', ...place, baseOffset, count, timestampMs, fate, removed };
      }
      yield { kind: 'partition-kept', topic, partition, start, end };
      const kept = keeps('keep-producers-in-checkpoints') ? producers.kept() : [];
      for (const producer of kept) {
        yield { kind: 'producer-kept', topic, partition, ...producer };
      }
    }
  }
  yield* groups.kept();
}

function fateOf({ transaction }: IndexedBatch, transactions: Transactions): BatchFate {
  if (transaction === undefined || transaction.end === 'commit') return { is: 'good' };
  if (transaction.end === 'abort') return { is: 'aborted' };
  const producer = transactions.producerOf(transaction);
  return producer === undefined ? { is: 'aborted' } : { is: 'open', producer };
}

/** Recovery: what a checkpoint says comes to the state. */
export function applyKept(
  entry: KeptEntry,
  { topics, transactions }: LogParts,
  batches: Pick<BatchStore, 'kept'>,
): void {
  if (entry.kind === 'numbers-kept') return topics.usedBelow(entry.nextTopic);
  const partition = topics.get(entry.topic)?.partitions[entry.partition];
  switch (entry.kind) {
    case 'batch-kept': {
      const { baseOffset, count, timestampMs, fate, removed } = entry;
      if (partition === undefined) return;
      const isOpen = fate.is === 'open';
      const open = isOpen ? transactions.wrote(fate.producer, partition, baseOffset) : undefined;
      const transaction = fate.is === 'aborted' ? abortedBefore : open;
      const stored = batches.kept(entry.batch);
      partition.append({ baseOffset, count, timestampMs, stored, transaction });
      if (removed.length > 0) partition.removeFromLast(removed);
      return;
    }
    case 'partition-kept':
      return partition?.restore(entry.start, entry.end);
    case 'producer-kept':
      return partition?.producers.restore(entry);
  }
}
