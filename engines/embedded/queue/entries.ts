/**
 * What the queue writes into the journal. Leases are not in it: they belong to a moment, and after a
 * restart every message that is not deleted is visible again. Receive counts are, because a consumer
 * must learn that a copy may have been handed out before.
 */
import type { Need } from '../journal/commit-log.ts';
import { ByteReader, ByteWriter, ProtocolError } from '../protocol/bytes.ts';

export type QueueEntry =
  | { readonly kind: 'queue-created'; readonly queue: number; readonly name: string }
  | { readonly kind: 'queue-deleted'; readonly queue: number }
  | SentEntry
  | {
      readonly kind: 'received' | 'deleted';
      readonly queue: number;
      readonly ids: readonly number[];
    };

export interface SentEntry {
  readonly kind: 'sent';
  readonly queue: number;
  /** The messages of the batch are `baseId`, `baseId + 1` … */
  readonly baseId: number;
  readonly count: number;
}

const Kind = { queueCreated: 1, queueDeleted: 2, sent: 3, received: 4, deleted: 5 } as const;

export const sentEntryHeadBytes = 17;

/** A `sent` entry is followed by its batch. */
export function encodeQueueEntry(entry: QueueEntry): Buffer {
  const to = new ByteWriter(64);
  switch (entry.kind) {
    case 'queue-created':
      return to.u8(Kind.queueCreated).u32(entry.queue).text(entry.name).finish();
    case 'queue-deleted':
      return to.u8(Kind.queueDeleted).u32(entry.queue).finish();
    case 'sent':
      return to.u8(Kind.sent).u32(entry.queue).u64(entry.baseId).u32(entry.count).finish();
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

export function decodeQueueEntry(payload: Buffer): QueueEntry {
  const from = new ByteReader(payload);
  const kind = from.u8();
  const queue = from.u32();
  switch (kind) {
    case Kind.queueCreated:
      return { kind: 'queue-created', queue, name: from.text() };
    case Kind.queueDeleted:
      return { kind: 'queue-deleted', queue };
    case Kind.sent:
      return { kind: 'sent', queue, baseId: from.u64(), count: from.u32() };
    case Kind.received:
      return { kind: 'received', queue, ids: readIds(from) };
    case Kind.deleted:
      return { kind: 'deleted', queue, ids: readIds(from) };
    default:
      throw new ProtocolError(`the journal holds an entry of unknown kind ${kind}`);
  }
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
