import type { EntrySlice } from '../journal/commit-log.ts';
import { readSlice, writeSlice } from '../journal/slice-bytes.ts';
import { type ByteReader, type ByteWriter, ProtocolError } from '../protocol/bytes.ts';
import type { RememberedBatch } from './producers.ts';

/** What only checkpoints hold: what is left of a topic’s partitions, and which numbers come next. */
export type KeptEntry =
  | {
      readonly kind: 'batch-kept';
      readonly topic: number;
      readonly partition: number;
      readonly baseOffset: number;
      readonly count: number;
      readonly timestampMs: number;
      readonly fate: BatchFate;
      /** Messages that compaction has removed. */
      readonly removed: readonly number[];
      readonly batch: EntrySlice;
    }
  /** After its batches: where it begins and ends whatever they say. */
  | {
      readonly kind: 'partition-kept';
      readonly topic: number;
      readonly partition: number;
      readonly start: number;
      readonly end: number;
    }
  | {
      readonly kind: 'producer-kept';
      readonly topic: number;
      readonly partition: number;
      readonly producer: number;
      readonly epoch: number;
      readonly nextSequence: number;
      readonly recent: readonly RememberedBatch[];
    }
  | { readonly kind: 'numbers-kept'; readonly nextTopic: number; readonly nextProducer: number };

/** Of a batch: whether it counts, or of which producer’s transaction it is that is still open. */
export type BatchFate =
  | { readonly is: 'good' }
  | { readonly is: 'aborted' }
  | { readonly is: 'open'; readonly producer: number };

const fates = ['good', 'aborted', 'open'] as const satisfies readonly BatchFate['is'][];

const firstKind = 12;
const kinds = [
  'batch-kept',
  'partition-kept',
  'producer-kept',
  'numbers-kept',
] as const satisfies readonly KeptEntry['kind'][];

export function writeKept(to: ByteWriter, entry: KeptEntry): ByteWriter {
  to.u8(firstKind + kinds.indexOf(entry.kind));
  switch (entry.kind) {
    case 'batch-kept': {
      const { fate, removed } = entry;
      to.u32(entry.topic).u16(entry.partition).u64(entry.baseOffset).u32(entry.count);
      to.u64(entry.timestampMs).u8(fates.indexOf(fate.is));
      if (fate.is === 'open') to.u32(fate.producer);
      to.u32(removed.length);
      for (const index of removed) to.u32(index);
      return writeSlice(to, entry.batch);
    }
    case 'partition-kept':
      return to.u32(entry.topic).u16(entry.partition).u64(entry.start).u64(entry.end);
    case 'producer-kept':
      to.u32(entry.topic).u16(entry.partition).u32(entry.producer).u16(entry.epoch);
      to.u32(entry.nextSequence).u8(entry.recent.length);
      for (const { sequence, count, baseOffset, entry: index } of entry.recent) {
        to.u32(sequence).u32(count).u64(baseOffset).u64(index);
      }
      return to;
    case 'numbers-kept':
      return to.u32(entry.nextTopic).u32(entry.nextProducer);
  }
}

/** Undefined where the kind is none of these. */
export function readKept(kindByte: number, from: ByteReader): KeptEntry | undefined {
  const kind = kinds[kindByte - firstKind];
  switch (kind) {
    case 'batch-kept':
      return readBatch(from);
    case 'partition-kept': {
      const [topic, partition] = [from.u32(), from.u16()];
      return { kind, topic, partition, start: from.u64(), end: from.u64() };
    }
    case 'producer-kept': {
      const [topic, partition] = [from.u32(), from.u16()];
      const identity = { producer: from.u32(), epoch: from.u16() };
      const nextSequence = from.u32();
      const recent: RememberedBatch[] = [];
      for (let left = from.u8(); left > 0; left -= 1) {
        const [sequence, count, baseOffset] = [from.u32(), from.u32(), from.u64()];
        recent.push({ sequence, count, baseOffset, entry: from.u64() });
      }
      return { kind, topic, partition, ...identity, nextSequence, recent };
    }
    case 'numbers-kept':
      return { kind, nextTopic: from.u32(), nextProducer: from.u32() };
    default:
      return undefined;
  }
}

function readBatch(from: ByteReader): KeptEntry {
  const [topic, partition] = [from.u32(), from.u16()];
  const offsets = { baseOffset: from.u64(), count: from.u32() };
  const timestampMs = from.u64();
  const fate = readFate(from);
  const removed: number[] = [];
  for (let left = from.u32(); left > 0; left -= 1) removed.push(from.u32());
  const batch = readSlice(from);
  return { kind: 'batch-kept', topic, partition, ...offsets, timestampMs, fate, removed, batch };
}

function readFate(from: ByteReader): BatchFate {
  const is = fates[from.u8()];
  if (is === undefined) throw new ProtocolError('the journal holds a batch of unknown fate');
  return is === 'open' ? { is, producer: from.u32() } : { is };
}
