import { type ByteReader, type ByteWriter, ProtocolError } from './bytes.ts';

/** What a queue is, from its creation on. */
export interface QueueAttributes {
  /** `message-groups`: within a group first in, first out, and one receive at a time. */
  readonly order: 'arrival' | 'message-groups';
  readonly deduplication: Deduplication;
  /** How long every message stays hidden that names no delay of its own; 0: not at all. */
  readonly delayMs: number;
}

/** `content`: the SHA-256 of its body stands for the deduplication id that a message does not name. */
export type Deduplication =
  | { readonly by: 'nothing' }
  | { readonly by: 'id' | 'content'; readonly windowMs: number };

export const standardQueue: QueueAttributes = {
  order: 'arrival',
  deduplication: { by: 'nothing' },
  delayMs: 0,
};

const orders = ['arrival', 'message-groups'] as const;
const recognitions = ['nothing', 'id', 'content'] as const;

/** u8 order | u8 recognition | u32 window in ms, 0 for none | u32 delay in ms */
export function writeAttributes(to: ByteWriter, attributes: QueueAttributes): ByteWriter {
  const { order, deduplication, delayMs } = attributes;
  to.u8(orders.indexOf(order)).u8(recognitions.indexOf(deduplication.by));
  to.u32(deduplication.by === 'nothing' ? 0 : deduplication.windowMs);
  return to.u32(delayMs);
}

/** @throws ProtocolError */
export function readAttributes(from: ByteReader): QueueAttributes {
  const order = orders[from.u8()];
  const by = recognitions[from.u8()];
  const windowMs = from.u32();
  const delayMs = from.u32();
  if (order === undefined || by === undefined) {
    throw new ProtocolError('a queue of an unknown order or recognition');
  }
  return { order, deduplication: by === 'nothing' ? { by } : { by, windowMs }, delayMs };
}
