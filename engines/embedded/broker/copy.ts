import type { StoredBatch } from '../journal/batch-store.ts';

/** What was published: content that all its copies share. */
export interface Message {
  readonly stored: StoredBatch;
  /** Which message of the batch. */
  readonly slot: number;
  readonly priority: number;
  /** False: it lives in memory alone and ends with the process. */
  readonly persistent: boolean;
}

/** Why a copy leaves its queue for the dead-letter exchange; RabbitMQ's words (docs/dlx). */
export const deathReasons = ['rejected', 'expired', 'maxlen', 'delivery_limit'] as const;
export type DeathReason = (typeof deathReasons)[number];

export interface Death {
  readonly queue: number;
  readonly reason: DeathReason;
  /** How often it had been handed out there. */
  readonly deliveries: number;
}

/** One message in one queue. A dead-lettered message is a new copy in each queue it comes to. */
export interface Copy {
  /** Unique in the broker, and later ones are higher. */
  readonly id: number;
  readonly message: Message;
  /** Where its message has died before it came here, oldest first; begins anew with a rejection. */
  readonly deaths: readonly Death[];
  /** How often it was handed out, across restarts. */
  deliveries: number;
  /** Its turn within its priority. A requeued copy keeps it. */
  turn: number;
  /** When it became visible here. */
  sinceMs: number;
}

/**
 * The deaths of a message that dies once more. A rejection is a consumer's decision: what came before it no
 * longer counts as going round in circles.
 */
export function deathsAfter(copy: Copy, death: Death): readonly Death[] {
  return death.reason === 'rejected' ? [death] : [...copy.deaths, death];
}

/**
 * Whether the message would come back to a queue where it died without anybody having rejected it since: it
 * is dropped then, or it would go round for ever (RabbitMQ docs/dlx, "automatic dead-letter cycles").
 */
export function isCircle(deaths: readonly Death[], queue: number): boolean {
  return deaths.some((death) => death.queue === queue && death.reason !== 'rejected');
}
