/**
 * What the queue writes into the journal. Leases are not in it: they belong to a moment, and after a
 * restart every message that is not deleted is visible again. Receive counts are, because a consumer
 * must learn that a copy may have been handed out before.
 */
import type { Need } from '../journal/commit-log.ts';
import { ByteReader, ByteWriter, ProtocolError } from '../protocol/bytes.ts';
import { type MessageFilter, readFilter, writeFilter } from '../protocol/message-filter.ts';
import {
  type QueueAttributes,
  readAttributes,
  writeAttributes,
} from '../protocol/queue-attributes.ts';

import { type KeptEntry, readKept, writeKept } from './kept-entries.ts';

/** Why a message is in another queue now. */
export type MoveCause = (typeof moveCauses)[number];
export const moveCauses = ['attempts', 'rejected', 'redrive'] as const;

export interface MovedEntry {
  readonly kind: 'moved';
  readonly queue: number;
  readonly to: number;
  readonly cause: MoveCause;
  /** Of the move: from a redrive on a message is kept as long as one that was just sent. */
  readonly uptimeMs: number;
  readonly ids: readonly number[];
}

export type QueueEntry =
  | {
      readonly kind: 'queue-created';
      readonly queue: number;
      readonly name: string;
      readonly attributes: QueueAttributes;
    }
  /** Or a topic. */
  | { readonly kind: 'queue-deleted'; readonly queue: number }
  | { readonly kind: 'topic-created'; readonly queue: number; readonly name: string }
  | {
      readonly kind: 'attached';
      /** The topic. */
      readonly queue: number;
      readonly to: number;
      readonly filter: MessageFilter;
    }
  | PublishedEntry
  | SentEntry
  | MovedEntry
  | KeptEntry
  | {
      readonly kind: 'received' | 'deleted';
      readonly queue: number;
      readonly ids: readonly number[];
    };

/** A `sent` entry is followed by its batch. */
export interface SentEntry {
  readonly kind: 'sent';
  readonly queue: number;
  /** The messages of the batch that are stored are `baseId`, `baseId + 1` … */
  readonly baseId: number;
  readonly count: number;
  /** Undefined: every message of the batch is stored, and none has options. */
  readonly optional:
    | { readonly uptimeMs: number; readonly stored: readonly StoredOptions[] }
    | undefined;
}

/** Is followed by the batch of which its queues get parts. */
export interface PublishedEntry {
  readonly kind: 'published';
  /** The topic. */
  readonly queue: number;
  readonly sent: readonly SentEntry[];
}

/** A stored message with options, by its slot of the batch; instants are uptimes of the broker. */
export interface StoredOptions {
  readonly slot: number;
  readonly group: string | undefined;
  /** What its copies are recognised by. */
  readonly deduplicationKey: string | undefined;
  /** Hidden until then; 0 without a delay. */
  readonly dueMs: number;
}

const Kind = {
  queueCreated: 1,
  queueDeleted: 2,
  sent: 3,
  received: 4,
  deleted: 5,
  sentWithOptions: 6,
  moved: 7,
  topicCreated: 8,
  attached: 9,
  published: 10,
} as const;

export function encodeQueueEntry(entry: QueueEntry): Buffer {
  const to = new ByteWriter(64);
  switch (entry.kind) {
    case 'queue-created':
      to.u8(Kind.queueCreated).u32(entry.queue).text(entry.name);
      return writeAttributes(to, entry.attributes).finish();
    case 'queue-deleted':
      return to.u8(Kind.queueDeleted).u32(entry.queue).finish();
    case 'sent':
      return encodeSent(to, entry).finish();
    case 'topic-created':
      return to.u8(Kind.topicCreated).u32(entry.queue).text(entry.name).finish();
    case 'attached':
      return writeFilter(
        to.u8(Kind.attached).u32(entry.queue).u32(entry.to),
        entry.filter,
      ).finish();
    case 'published':
      to.u8(Kind.published).u32(entry.queue).u32(entry.sent.length);
      for (const sent of entry.sent) encodeSent(to, sent);
      return to.finish();
    case 'moved':
      to.u8(Kind.moved).u32(entry.queue).u32(entry.to).u8(moveCauses.indexOf(entry.cause));
      return writeIds(to.u64(entry.uptimeMs), entry.ids).finish();
    case 'received':
      return writeIds(to.u8(Kind.received).u32(entry.queue), entry.ids).finish();
    case 'deleted':
      return writeIds(to.u8(Kind.deleted).u32(entry.queue), entry.ids).finish();
    default:
      return writeKept(to, entry).finish();
  }
}

/** @returns `headBytes`: where the batch of a `sent` entry begins */
export function decodeQueueEntry(payload: Buffer): {
  readonly entry: QueueEntry;
  readonly headBytes: number;
} {
  const from = new ByteReader(payload);
  const entry = decode(from);
  return { entry, headBytes: payload.length - from.rest().length };
}

function decode(from: ByteReader): QueueEntry {
  const kind = from.u8();
  const queue = from.u32();
  switch (kind) {
    case Kind.queueCreated:
      return { kind: 'queue-created', queue, name: from.text(), attributes: readAttributes(from) };
    case Kind.queueDeleted:
      return { kind: 'queue-deleted', queue };
    case Kind.sent:
      return { kind: 'sent', queue, baseId: from.u64(), count: from.u32(), optional: undefined };
    case Kind.sentWithOptions:
      return decodeSentWithOptions(queue, from);
    case Kind.received:
      return { kind: 'received', queue, ids: readIds(from) };
    case Kind.deleted:
      return { kind: 'deleted', queue, ids: readIds(from) };
    case Kind.topicCreated:
      return { kind: 'topic-created', queue, name: from.text() };
    case Kind.attached:
      return { kind: 'attached', queue, to: from.u32(), filter: readFilter(from) };
    case Kind.published:
      return decodePublished(queue, from);
    case Kind.moved:
      return {
        kind: 'moved',
        queue,
        to: from.u32(),
        cause: readCause(from),
        uptimeMs: from.u64(),
        ids: readIds(from),
      };
    default:
      return readKept(kind, queue, from);
  }
}

function encodeSent(to: ByteWriter, { queue, baseId, count, optional }: SentEntry): ByteWriter {
  if (optional === undefined) {
    return to.u8(Kind.sent).u32(queue).u64(baseId).u32(count);
  }
  to.u8(Kind.sentWithOptions).u32(queue).u64(baseId).u64(optional.uptimeMs).u32(count);
  for (const { slot, group, deduplicationKey, dueMs } of optional.stored) {
    to.u32(slot).text(group ?? '');
    to.text(deduplicationKey ?? '').u64(dueMs);
  }
  return to;
}

function decodePublished(topic: number, from: ByteReader): PublishedEntry {
  const sent: SentEntry[] = [];
  for (let left = from.u32(); left > 0; left -= 1) {
    const entry = decode(from);
    if (entry.kind !== 'sent') throw new ProtocolError('a topic was sent something else');
    sent.push(entry);
  }
  return { kind: 'published', queue: topic, sent };
}

function decodeSentWithOptions(queue: number, from: ByteReader): SentEntry {
  const baseId = from.u64();
  const uptimeMs = from.u64();
  const count = from.u32();
  const stored: StoredOptions[] = [];
  for (let left = count; left > 0; left -= 1) {
    stored.push({
      slot: from.u32(),
      group: from.text() || undefined,
      deduplicationKey: from.text() || undefined,
      dueMs: from.u64(),
    });
  }
  return { kind: 'sent', queue, baseId, count, optional: { uptimeMs, stored } };
}

function readCause(from: ByteReader): MoveCause {
  const cause = moveCauses[from.u8()];
  if (cause === undefined) throw new ProtocolError('messages were moved for an unknown cause');
  return cause;
}

function writeIds(to: ByteWriter, ids: readonly number[]): ByteWriter {
  to.u32(ids.length);
  for (const id of ids) to.u64(id);
  return to;
}

function readIds(from: ByteReader): number[] {
  const ids: number[] = [];
  for (let left = from.u32(); left > 0; left -= 1) ids.push(from.u64());
  return ids;
}

/** Messages may go with the power; the queue where they belong, and how they come there, must not. */
export function needOf({ kind }: QueueEntry): Need {
  const makesPlace = kind === 'queue-created' || kind === 'topic-created' || kind === 'attached';
  return makesPlace ? 'durable' : 'committed';
}
