/**
 * What the log writes into the journal. Every change of durable state is one entry, and `LogBroker.apply`
 * is the only code that changes it, in normal service as in recovery.
 */
import type { Need } from '../journal/commit-log.ts';
import { ByteReader, ByteWriter, ProtocolError } from '../protocol/bytes.ts';
import { type KeptEntry, readKept, writeKept } from './kept-entries.ts';
import { readPolicy, type TopicPolicy, writePolicy } from './topic-policy.ts';

export type LogEntry =
  | {
      readonly kind: 'topic-created';
      readonly topic: number;
      readonly name: string;
      readonly partitions: number;
      readonly policy: TopicPolicy;
    }
  /** The topic has so many now. */
  | { readonly kind: 'partitions-added'; readonly topic: number; readonly partitions: number }
  /** Retention: whatever was before is gone. */
  | {
      readonly kind: 'log-start-moved';
      readonly topic: number;
      readonly starts: readonly PartitionOffset[];
    }
  | { readonly kind: 'topic-deleted'; readonly topic: number }
  | { readonly kind: 'producer-registered'; readonly producer: number }
  | BatchEntry
  | {
      readonly kind: 'offsets-committed';
      readonly group: string;
      readonly topic: number;
      readonly offsets: readonly PartitionOffset[];
    }
  | { readonly kind: 'generation-begun'; readonly group: string; readonly generation: number }
  | TransactionEntry
  | KeptEntry;

/** What only transactions write; a batch needs no mark, its producer's id says that it is part of one. */
export type TransactionEntry =
  | {
      readonly kind: 'transactional-producer';
      readonly transactionalId: string;
      readonly identity: ProducerIdentity;
      readonly timeoutMs: number;
    }
  | {
      readonly kind: 'offsets-included';
      readonly producer: number;
      readonly group: string;
      readonly topic: number;
      readonly offsets: readonly PartitionOffset[];
    }
  | {
      readonly kind: 'transaction-ended';
      readonly identity: ProducerIdentity;
      readonly end: TransactionEnd;
      /** What the producer is from now on, so that nothing sent before can join its next transaction. */
      readonly next: ProducerIdentity;
    };

export const transactionEnds = ['commit', 'abort'] as const;
export type TransactionEnd = (typeof transactionEnds)[number];

/** A producer, and which of its incarnations: an older epoch is a zombie's. */
export interface ProducerIdentity {
  readonly producer: number;
  readonly epoch: number;
}

export interface BatchEntry {
  readonly kind: 'batch';
  readonly topic: number;
  readonly partition: number;
  readonly baseOffset: number;
  readonly count: number;
  readonly stamp: ProducerStamp;
  /** When it was appended, in milliseconds since 1970. */
  readonly timestampMs: number;
}

/** Who produced a batch; `producer` 0 for one that is not idempotent. */
export interface ProducerStamp extends ProducerIdentity {
  /**
   * Number of the batch's first message among all that this producer sent to the partition, `noSequence` where it
   * does not count: then nothing tells a copy of the batch from another one.
   */
  readonly sequence: number;
}

export interface PartitionOffset {
  readonly partition: number;
  readonly offset: number;
}

const Kind = {
  topicCreated: 1,
  topicDeleted: 2,
  producerRegistered: 3,
  batch: 4,
  offsetsCommitted: 5,
  generationBegun: 6,
  transactionalProducer: 7,
  offsetsIncluded: 8,
  transactionEnded: 9,
  partitionsAdded: 10,
  logStartMoved: 11,
} as const;

/** A batch entry is followed by the batch itself. */
export function encodeLogEntry(entry: LogEntry): Buffer {
  const to = new ByteWriter(64);
  switch (entry.kind) {
    case 'topic-created':
      to.u8(Kind.topicCreated).u32(entry.topic).u16(entry.partitions).text(entry.name);
      return writePolicy(to, entry.policy).finish();
    case 'partitions-added':
      return to.u8(Kind.partitionsAdded).u32(entry.topic).u16(entry.partitions).finish();
    case 'log-start-moved':
      return writeOffsets(to.u8(Kind.logStartMoved).u32(entry.topic), entry.starts).finish();
    case 'topic-deleted':
      return to.u8(Kind.topicDeleted).u32(entry.topic).finish();
    case 'producer-registered':
      return to.u8(Kind.producerRegistered).u32(entry.producer).finish();
    case 'batch':
      to.u8(Kind.batch)
        .u32(entry.topic)
        .u16(entry.partition)
        .u64(entry.baseOffset)
        .u32(entry.count)
        .u64(entry.timestampMs);
      return writeStamp(to, entry.stamp).finish();
    case 'offsets-committed':
      to.u8(Kind.offsetsCommitted).text(entry.group).u32(entry.topic);
      return writeOffsets(to, entry.offsets).finish();
    case 'generation-begun':
      return to.u8(Kind.generationBegun).text(entry.group).u32(entry.generation).finish();
    case 'transactional-producer':
      to.u8(Kind.transactionalProducer).text(entry.transactionalId).u32(entry.timeoutMs);
      return writeIdentity(to, entry.identity).finish();
    case 'offsets-included':
      to.u8(Kind.offsetsIncluded).u32(entry.producer).text(entry.group).u32(entry.topic);
      return writeOffsets(to, entry.offsets).finish();
    case 'transaction-ended':
      to.u8(Kind.transactionEnded).u8(transactionEnds.indexOf(entry.end));
      return writeIdentity(writeIdentity(to, entry.identity), entry.next).finish();
    default:
      return writeKept(to, entry).finish();
  }
}

/** @returns the entry and, for a batch, where the batch begins within the payload */
export function decodeLogEntry(payload: Buffer): { entry: LogEntry; batchAt: number } {
  const from = new ByteReader(payload);
  const kind = from.u8();
  switch (kind) {
    case Kind.topicCreated: {
      const topic = from.u32();
      const partitions = from.u16();
      const name = from.text();
      const policy = readPolicy(from);
      return { entry: { kind: 'topic-created', topic, partitions, name, policy }, batchAt: 0 };
    }
    case Kind.partitionsAdded: {
      const topic = from.u32();
      return {
        entry: { kind: 'partitions-added', topic, partitions: from.u16() },
        batchAt: 0,
      };
    }
    case Kind.logStartMoved: {
      const topic = from.u32();
      return { entry: { kind: 'log-start-moved', topic, starts: readOffsets(from) }, batchAt: 0 };
    }
    case Kind.topicDeleted:
      return { entry: { kind: 'topic-deleted', topic: from.u32() }, batchAt: 0 };
    case Kind.producerRegistered:
      return { entry: { kind: 'producer-registered', producer: from.u32() }, batchAt: 0 };
    case Kind.batch: {
      const topic = from.u32();
      const partition = from.u16();
      const baseOffset = from.u64();
      const count = from.u32();
      const timestampMs = from.u64();
      const entry = {
        kind: 'batch',
        topic,
        partition,
        baseOffset,
        count,
        stamp: readStamp(from),
        timestampMs,
      } as const;
      return { entry, batchAt: batchEntryHeadBytes };
    }
    case Kind.offsetsCommitted: {
      const group = from.text();
      const topic = from.u32();
      return {
        entry: { kind: 'offsets-committed', group, topic, offsets: readOffsets(from) },
        batchAt: 0,
      };
    }
    case Kind.generationBegun: {
      const group = from.text();
      return { entry: { kind: 'generation-begun', group, generation: from.u32() }, batchAt: 0 };
    }
    default:
      return { entry: readKept(kind, from) ?? decodeTransactionEntry(kind, from), batchAt: 0 };
  }
}

function decodeTransactionEntry(kind: number, from: ByteReader): TransactionEntry {
  switch (kind) {
    case Kind.transactionalProducer: {
      const transactionalId = from.text();
      const timeoutMs = from.u32();
      const identity = readIdentity(from);
      return { kind: 'transactional-producer', transactionalId, timeoutMs, identity };
    }
    case Kind.offsetsIncluded: {
      const producer = from.u32();
      const group = from.text();
      const topic = from.u32();
      return { kind: 'offsets-included', producer, group, topic, offsets: readOffsets(from) };
    }
    case Kind.transactionEnded: {
      const end = readTransactionEnd(from);
      const identity = readIdentity(from);
      return { kind: 'transaction-ended', end, identity, next: readIdentity(from) };
    }
    default:
      throw new ProtocolError(`the journal holds an entry of unknown kind ${kind}`);
  }
}

export const batchEntryHeadBytes = 37;

export function readTransactionEnd(from: ByteReader): TransactionEnd {
  const end = transactionEnds[from.u8()];
  if (end === undefined) throw new ProtocolError('an unknown end of a transaction');
  return end;
}

export function writeIdentity(to: ByteWriter, identity: ProducerIdentity): ByteWriter {
  return to.u32(identity.producer).u16(identity.epoch);
}

export function readIdentity(from: ByteReader): ProducerIdentity {
  return { producer: from.u32(), epoch: from.u16() };
}

export function writeStamp(to: ByteWriter, stamp: ProducerStamp): ByteWriter {
  return to.u32(stamp.producer).u16(stamp.epoch).u32(stamp.sequence);
}

export function readStamp(from: ByteReader): ProducerStamp {
  return { producer: from.u32(), epoch: from.u16(), sequence: from.u32() };
}

export function writeOffsets(to: ByteWriter, offsets: readonly PartitionOffset[]): ByteWriter {
  to.u16(offsets.length);
  for (const { partition, offset } of offsets) to.u16(partition).u64(offset);
  return to;
}

export function readOffsets(from: ByteReader): PartitionOffset[] {
  const offsets: PartitionOffset[] = [];
  for (let left = from.u16(); left > 0; left -= 1) {
    offsets.push({ partition: from.u16(), offset: from.u64() });
  }
  return offsets;
}

/**
 * Messages may go with the power; the topic where they belong must not, nor an id of a producer, which
 * would then be given to another, whose batches would pass for copies of the first one's.
 */
export function needOf({ kind }: LogEntry): Need {
  return durableKinds.has(kind) ? 'durable' : 'committed';
}

const durableKinds: ReadonlySet<LogEntry['kind']> = new Set([
  'topic-created',
  'partitions-added',
  'producer-registered',
  'transactional-producer',
]);
