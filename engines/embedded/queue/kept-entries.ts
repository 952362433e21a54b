import type { EntrySlice } from '../journal/commit-log.ts';
import { readSlice, writeSlice } from '../journal/slice-bytes.ts';
import { type ByteReader, type ByteWriter, ProtocolError } from '../protocol/bytes.ts';
import type { RememberedSend } from './deduplication-window.ts';
import { moveCauses } from './entries.ts';
import type { QueuedMessage } from './queued-message.ts';

/** In a checkpoint: what is left of a batch in a queue, which ids it remembers, and what comes next. */
export type KeptEntry =
  | {
      readonly kind: 'messages-kept';
      readonly queue: number;
      readonly batch: EntrySlice;
      readonly messages: readonly KeptMessage[];
    }
  | { readonly kind: 'ids-kept'; readonly queue: number; readonly sends: readonly RememberedSend[] }
  /** So many messages have come to the queue. */
  | { readonly kind: 'orders-kept'; readonly queue: number; readonly orders: number }
  | {
      readonly kind: 'numbers-kept';
      /** The next one. */
      readonly queue: number;
      readonly nextId: number;
      readonly uptimeMs: number;
    };

export type KeptMessage = Pick<
  QueuedMessage,
  | 'id'
  | 'order'
  | 'movedBy'
  | 'slot'
  | 'group'
  | 'dueMs'
  | 'sentMs'
  | 'receiveCount'
  | 'earlierReceives'
  | 'movedAfter'
>;

const firstKind = 11;
const kinds = [
  'messages-kept',
  'ids-kept',
  'numbers-kept',
  'orders-kept',
] as const satisfies readonly KeptEntry['kind'][];

export function writeKept(to: ByteWriter, entry: KeptEntry): ByteWriter {
  to.u8(firstKind + kinds.indexOf(entry.kind)).u32(entry.queue);
  switch (entry.kind) {
    case 'messages-kept':
      return writeMessages(writeSlice(to, entry.batch), entry.messages);
    case 'ids-kept':
      to.u32(entry.sends.length);
      for (const { key, id, index, sentMs } of entry.sends) {
        to.text(key).u64(id).u64(index).u64(sentMs);
      }
      return to;
    case 'numbers-kept':
      return to.u64(entry.nextId).u64(entry.uptimeMs);
    case 'orders-kept':
      return to.u64(entry.orders);
  }
}

/** @throws ProtocolError when the journal was written by another version */
export function readKept(kindByte: number, queue: number, from: ByteReader): KeptEntry {
  const kind = kinds[kindByte - firstKind];
  switch (kind) {
    case 'messages-kept': {
      const batch = readSlice(from);
      return { kind, queue, batch, messages: readMessages(from) };
    }
    case 'ids-kept':
      return { kind, queue, sends: readSends(from) };
    case 'numbers-kept':
      return { kind, queue, nextId: from.u64(), uptimeMs: from.u64() };
    case 'orders-kept':
      return { kind, queue, orders: from.u64() };
    default:
      throw new ProtocolError(`the journal holds an entry of unknown kind ${kindByte}`);
  }
}

function writeMessages(to: ByteWriter, messages: readonly KeptMessage[]): ByteWriter {
  to.u32(messages.length);
  for (const message of messages) {
    const { id, order, movedBy, slot, group, dueMs, sentMs } = message;
    to.u64(id)
      .u64(order)
      .u8(movedBy === undefined ? 0 : moveCauses.indexOf(movedBy) + 1);
    to.u32(slot)
      .text(group ?? '')
      .u64(dueMs)
      .u64(sentMs);
    to.u32(message.receiveCount).u32(message.earlierReceives).u32(message.movedAfter);
  }
  return to;
}

function readMessages(from: ByteReader): KeptMessage[] {
  const messages: KeptMessage[] = [];
  for (let left = from.u32(); left > 0; left -= 1) {
    messages.push({
      id: from.u64(),
      order: from.u64(),
      movedBy: moveCauses[from.u8() - 1],
      slot: from.u32(),
      group: from.text() || undefined,
      dueMs: from.u64(),
      sentMs: from.u64(),
      receiveCount: from.u32(),
      earlierReceives: from.u32(),
      movedAfter: from.u32(),
    });
  }
  return messages;
}

function readSends(from: ByteReader): RememberedSend[] {
  const sends: RememberedSend[] = [];
  for (let left = from.u32(); left > 0; left -= 1) {
    sends.push({ key: from.text(), id: from.u64(), index: from.u64(), sentMs: from.u64() });
  }
  return sends;
}
