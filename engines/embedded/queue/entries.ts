/**
 * What the queue writes into the journal. Leases are not in it: they belong to a moment, and after a
 * restart every message that is not deleted is visible again. Receive counts are, because a consumer
 * must learn that a copy may have been handed out before.
 */
import type { Need } from '../journal/commit-log.ts';
import { ByteReader, ByteWriter, ProtocolError } from '../protocol/bytes.ts';
import {
  type QueueAttributes,
  readAttributes,
  writeAttributes,
} from '../protocol/queue-attributes.ts';

export type QueueEntry =
  | {
      readonly kind: 'queue-created';
      readonly queue: number;
      readonly name: string;
      readonly attributes: QueueAttributes;
    }
  | { readonly kind: 'queue-deleted'; readonly queue: number }
  | SentEntry
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
      return encodeSent(to, entry);
    case 'received':
      to.u8(Kind.received);
      break;
    case 'deleted':
      to.u8(Kind.deleted);
      break;
  }
  to.u32(entry.queue).u32(entry.ids.length);
  for (const id of entry.ids) to.u64(id);
  return to.finish();
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
    default:
      throw new ProtocolError(`the journal holds an entry of unknown kind ${kind}`);
  }
}

function encodeSent(to: ByteWriter, { queue, baseId, count, optional }: SentEntry): Buffer {
  if (optional === undefined) {
    return to.u8(Kind.sent).u32(queue).u64(baseId).u32(count).finish();
  }
  to.u8(Kind.sentWithOptions).u32(queue).u64(baseId).u64(optional.uptimeMs).u32(count);
  for (const { slot, group, deduplicationKey, dueMs } of optional.stored) {
    to.u32(slot).text(group ?? '');
    to.text(deduplicationKey ?? '').u64(dueMs);
  }
  return to.finish();
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

function readIds(from: ByteReader): number[] {
  const ids: number[] = [];
  for (let left = from.u32(); left > 0; left -= 1) ids.push(from.u64());
  return ids;
}

/** Messages may go with the power; the queue where they belong must not. */
export function needOf({ kind }: QueueEntry): Need {
  return kind === 'queue-created' ? 'durable' : 'committed';
}
