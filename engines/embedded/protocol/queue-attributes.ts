import { type ByteReader, type ByteWriter, ProtocolError } from './bytes.ts';

/** What a queue is, from its creation on. */
export interface QueueAttributes {
  /** `message-groups`: within a group first in, first out, and one receive at a time. */
  readonly order: 'arrival' | 'message-groups';
  readonly deduplication: Deduplication;
  /** How long every message stays hidden that names no delay of its own; 0: not at all. */
  readonly delayMs: number;
  readonly disorder: DisorderSpec;
  readonly deadLetters: DeadLetters;
  /** How long a message is kept, in uptime of the broker; 0: until it is deleted. */
  readonly retentionMs: number;
  readonly quota: Quota;
  /** Most messages in hands at a time; a receive beyond it waits, or is refused where it does not. */
  readonly maxInFlight: number;
}

/** `calls`: a call beyond it is refused, and certainly does nothing. */
export type Quota =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'calls';
      /** Of each action. */
      readonly callsPerSecond: number;
      readonly messagesPerCall: number;
    };

/**
 * Amazon SQS quotas, messages in flight: 120,000 for a standard queue, and since November 2024 for a FIFO
 * queue, where it was 20,000 before.
 */
export const defaultMaxInFlight = 120_000;

/** Where messages go that were received so often and not deleted. */
export type DeadLetters =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'queue';
      /** By its id. */
      readonly queue: number;
      readonly maxReceives: number;
    };

/**
 * What a queue of best-effort order and at-least-once delivery is allowed to do (SQS developer guide,
 * standard queues): hand a message out later than others that came after it, and hand one out again that was
 * deleted. Nobody can ask for it elsewhere; here it comes from a seed, in parts of a thousand.
 */
export type DisorderSpec =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'seeded';
      readonly seed: number;
      /** Messages that let others pass … */
      readonly latePermille: number;
      /** … so many of those that come after them at most. */
      readonly passedByMost: number;
      /** Deletions that are answered well, and after which the message comes back when its lease ends. */
      readonly undeletedPermille: number;
    };

/** `content`: the SHA-256 of its body stands for the deduplication id that a message does not name. */
export type Deduplication =
  | { readonly by: 'nothing' }
  | { readonly by: 'id' | 'content'; readonly windowMs: number };

export const standardQueue: QueueAttributes = {
  order: 'arrival',
  deduplication: { by: 'nothing' },
  delayMs: 0,
  disorder: { kind: 'none' },
  deadLetters: { kind: 'none' },
  retentionMs: 0,
  quota: { kind: 'none' },
  maxInFlight: defaultMaxInFlight,
};

const orders = ['arrival', 'message-groups'] as const;
const recognitions = ['nothing', 'id', 'content'] as const;

/**
 * u8 order | u8 recognition | u32 window in ms, 0 for none | u32 delay in ms |
 * u32 retention in ms, 0 for none | u32 queue of the dead letters, 0 for none | u32 receives |
 * u32 calls a second, 0 for any number | u32 messages a call | u32 messages in flight |
 * u8 1 with disorder, then u32 seed | u32 late | u32 passed by | u32 undeleted
 */
export function writeAttributes(to: ByteWriter, attributes: QueueAttributes): ByteWriter {
  const { order, deduplication, delayMs, disorder } = attributes;
  const { deadLetters, retentionMs, quota, maxInFlight } = attributes;
  to.u8(orders.indexOf(order)).u8(recognitions.indexOf(deduplication.by));
  to.u32(deduplication.by === 'nothing' ? 0 : deduplication.windowMs);
  to.u32(delayMs).u32(retentionMs);
  if (deadLetters.kind === 'none') to.u32(0).u32(0);
  else to.u32(deadLetters.queue).u32(deadLetters.maxReceives);
  if (quota.kind === 'none') to.u32(0).u32(0);
  else to.u32(quota.callsPerSecond).u32(quota.messagesPerCall);
  to.u32(maxInFlight);
  to.u8(disorder.kind === 'none' ? 0 : 1);
  if (disorder.kind === 'none') return to;
  const { seed, latePermille, passedByMost, undeletedPermille } = disorder;
  return to.u32(seed).u32(latePermille).u32(passedByMost).u32(undeletedPermille);
}

/** @throws ProtocolError */
export function readAttributes(from: ByteReader): QueueAttributes {
  const order = orders[from.u8()];
  const by = recognitions[from.u8()];
  const windowMs = from.u32();
  const delayMs = from.u32();
  const retentionMs = from.u32();
  const deadLetters = readDeadLetters(from);
  if (order === undefined || by === undefined) {
    throw new ProtocolError('a queue of an unknown order or recognition');
  }
  const deduplication = by === 'nothing' ? { by } : { by, windowMs };
  const quota = readQuota(from);
  const maxInFlight = from.u32();
  const disorder = readDisorder(from);
  return {
    order,
    deduplication,
    delayMs,
    disorder,
    deadLetters,
    retentionMs,
    quota,
    maxInFlight,
  };
}

function readQuota(from: ByteReader): Quota {
  const callsPerSecond = from.u32();
  const messagesPerCall = from.u32();
  return callsPerSecond === 0
    ? { kind: 'none' }
    : { kind: 'calls', callsPerSecond, messagesPerCall };
}

function readDeadLetters(from: ByteReader): DeadLetters {
  const queue = from.u32();
  const maxReceives = from.u32();
  return queue === 0 ? { kind: 'none' } : { kind: 'queue', queue, maxReceives };
}

function readDisorder(from: ByteReader): DisorderSpec {
  if (from.u8() === 0) return { kind: 'none' };
  return {
    kind: 'seeded',
    seed: from.u32(),
    latePermille: from.u32(),
    passedByMost: from.u32(),
    undeletedPermille: from.u32(),
  };
}
