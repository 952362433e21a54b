import { JournalError } from '../journal/commit-log.ts';
import type { Queue } from './queue.ts';
import type { QueueState } from './queue-state.ts';

/**
 * Deletes what has been kept for as long as the queue keeps messages, in whatever state it is (SQS developer
 * guide, message retention period). A full disk keeps it until the next try.
 */
export function removeOveraged(state: QueueState, queue: Queue, uptimeMs: number): void {
  const ids = queue.messages.overaged(uptimeMs);
  if (ids.length === 0) return;
  try {
    state.record({ kind: 'deleted', queue: queue.id, ids }, () => {});
  } catch (error) {
    if (!(error instanceof JournalError)) throw error;
  }
}
