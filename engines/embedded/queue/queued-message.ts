import type { StoredBatch } from '../journal/batch-store.ts';

export interface QueuedMessage {
  readonly id: number;
  readonly stored: StoredBatch;
  /** Which message of the batch. */
  readonly slot: number;
  /** Its message group; undefined in none. */
  readonly group: string | undefined;
  /** Hidden until this uptime of the broker; 0 without a delay. */
  readonly dueMs: number;
  receiveCount: number;
  /**
   * `pending`: in the journal, but not committed yet. `delayed`: committed, not due. `taken`: on its way
   * into somebody's hands, where it is `leased` or `gone`.
   */
  state: 'pending' | 'delayed' | 'ready' | 'taken' | 'leased' | 'gone';
  /** End of the current lease; meaningless otherwise. */
  leaseUntilMs: number;
}
