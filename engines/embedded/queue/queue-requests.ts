import type { BatchView } from '../protocol/batch.ts';
import { type Refusal, Status } from '../protocol/protocol.ts';
import type { MoveCause } from './entries.ts';

export interface ReceiveRequest {
  readonly queue: number;
  readonly maxMessages: number;
  readonly maxBytes: number;
  readonly maxWaitMs: number;
  /** Asked for again under this id, a receive gets what it got before; undefined: it is never repeated. */
  readonly attemptId: string | undefined;
  /** `delete`: the queue forgets a message when it hands it out. */
  readonly mode: { readonly kind: 'lease'; readonly leaseMs: number } | { readonly kind: 'delete' };
}

export interface ReceivedMessage {
  readonly id: number;
  /** In all queues that it was in: what its receipt is told by. */
  readonly receiveCount: number;
  /** In this queue. */
  readonly attempt: number;
  /** Its place among all that ever came to this queue. */
  readonly order: number;
  readonly movedBy: MoveCause | undefined;
  /** Receives in the queue from which it came. */
  readonly movedAfter: number;
  readonly batch: BatchView;
  readonly slot: number;
}

/** The ids under which a send's messages are stored, now or before. */
export interface SentIds {
  /** The n-th message of the batch has `baseId + n` … */
  readonly baseId: number;
  /** … unless it is here. */
  readonly others: readonly { readonly slot: number; readonly id: number }[];
}

export type Refused = { readonly status: Refusal; readonly reason: string };
export type Created = { readonly status: typeof Status.ok; readonly queue: number } | Refused;
export type Done = { readonly status: typeof Status.ok } | Refused;
export type Sent = ({ readonly status: typeof Status.ok } & SentIds) | Refused;
export type Received =
  | { readonly status: typeof Status.ok; readonly messages: readonly ReceivedMessage[] }
  | Refused;
/** The messages that were moved, in their order. */
export type Redriven =
  | { readonly status: typeof Status.ok; readonly ids: readonly number[] }
  | Refused;
/** One status for each receipt: `ok`, `receiptExpired` or `gone`. */
export type Settled =
  | { readonly status: typeof Status.ok; readonly each: readonly Status[] }
  | Refused;

export const unknownQueue: Refused = {
  status: Status.unknownDestination,
  reason: 'there is no such queue',
};

export const throttled: Refused = {
  status: Status.throttled,
  reason: 'the quota of calls is used up for now',
};

export const overLimit: Refused = {
  status: Status.overLimit,
  reason: 'as many messages as the queue allows are in hands',
};

export const tooManyMessages: Refused = {
  status: Status.tooLarge,
  reason: 'more messages than a call of this queue may have',
};

export const receiptStatus = {
  held: Status.ok,
  expired: Status.receiptExpired,
  gone: Status.gone,
} as const;
