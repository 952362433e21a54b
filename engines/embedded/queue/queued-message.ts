import type { StoredBatch } from '../journal/batch-store.ts';
import type { MoveCause } from './entries.ts';

export interface QueuedMessage {
  readonly id: number;
  /** Its place in the order of the queue that has it. */
  readonly order: number;
  readonly stored: StoredBatch;
  /** Which message of the batch. */
  readonly slot: number;
  /** Its message group; undefined in none. */
  readonly group: string | undefined;
  /** Hidden until this uptime of the broker; 0 without a delay. */
  readonly dueMs: number;
  /** The uptime at which it was sent; 0 where nobody needs to know. */
  readonly sentMs: number;
  /** Receives in all its queues, so that no two receipts are alike. */
  receiveCount: number;
  /** Those before it came to this queue: they do not count as its attempts here. */
  readonly earlierReceives: number;
  /** Why it came from another queue; undefined: it was sent to this one. */
  readonly movedBy: MoveCause | undefined;
  /** Receives in the queue from which it came; 0 where it was sent to this one. */
  readonly movedAfter: number;
  /**
   * `pending`: in the journal, but not committed yet. `delayed`: committed, not due. `taken`: on its way
   * into somebody's hands, where it is `leased`. `exhausted`: back from there for the last time.
   */
  state: 'pending' | 'delayed' | 'ready' | 'taken' | 'leased' | 'exhausted' | 'gone';
  /** End of the current lease; meaningless otherwise. */
  leaseUntilMs: number;
}

/** Which delivery in its queue the latest one was; 0 before the first. */
export function attemptsOf({ receiveCount, earlierReceives }: QueuedMessage): number {
  return receiveCount - earlierReceives;
}
