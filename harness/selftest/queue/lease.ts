import type { Outgoing, Place } from '../../simulate/world/message.ts';

/** Where messages go that are given up. */
export interface DeadLetters {
  put(message: Outgoing): Place | undefined;
}

export interface QueueOptions {
  readonly group: number;
  /** 0: whoever holds a copy holds it until it settles it or is gone. */
  readonly leaseMs: number;
  /** Deliveries after which a message is a dead letter; 0 without a limit. */
  readonly attempts: number;
  /** Lanes are message groups: only the head of each is handed out. */
  readonly byGroup: boolean;
  /** A copy that is put back stands where it stood, or behind everything. */
  readonly requeueTo: 'original' | 'any';
  readonly idempotent: boolean;
  /** What was handed out is gone. */
  readonly isAutomatic: boolean;
  /** The queue's number among the scopes; -1: it tells no places. */
  readonly scope: number;
  readonly deadLetters: DeadLetters | undefined;
}

export interface Lease {
  readonly session: number;
  endsNs: number;
}

export interface Item {
  readonly message: Outgoing;
  readonly position: number;
  readonly putNs: number;
  /** What stands in front is handed out first. */
  order: number;
  attempts: number;
  isDue: boolean;
  lease: Lease | undefined;
}

/** What a consumer is handed: the message under a receipt that is good for this lease only. */
export interface Copy {
  readonly message: Outgoing;
  readonly receipt: object;
  readonly attempt: number;
  readonly place: Place | undefined;
}

export type Settlement = 'acknowledge' | 'requeue' | 'reject' | 'extend';
