import type { PlaceOf } from '../journal/space.ts';
import { runsOf } from '../journal/runs.ts';
import type { Keeps } from '../rules.ts';
import { encodeQueueEntry, type QueueEntry } from './entries.ts';
import type { KeptMessage } from './kept-entries.ts';
import type { Queue } from './queue.ts';
import type { QueueState } from './queue-state.ts';

/** What a checkpoint holds of the queues: entries that lead to what lasts of their state. */
export function* keptState(state: QueueState, placeOf: PlaceOf, keeps: Keeps): Generator<Buffer> {
  for (const { id, name, attributes } of state.queues) {
    yield encodeQueueEntry({ kind: 'queue-created', queue: id, name, attributes });
  }
  for (const { id, name, filters } of state.topics) {
    yield encodeQueueEntry({ kind: 'topic-created', queue: id, name });
    for (const [to, filter] of filters) {
      yield encodeQueueEntry({ kind: 'attached', queue: id, to, filter });
    }
  }
  for (const queue of state.queues) {
    for (const entry of keptOf(queue, placeOf, keeps)) yield encodeQueueEntry(entry);
  }
  const { nextQueue, nextId, uptime } = state;
  const uptimeMs = Math.ceil(uptime.latestMs);
  yield encodeQueueEntry({ kind: 'numbers-kept', queue: nextQueue, nextId, uptimeMs });
}

function* keptOf(queue: Queue, placeOf: PlaceOf, keeps: Keeps): Generator<QueueEntry> {
  for (const [stored, run] of runsOf(queue.messages.all, (message) => message.stored)) {
    const messages = keeps('keep-causes-in-checkpoints') ? run : run.map(withoutCause);
    yield { kind: 'messages-kept', queue: queue.id, batch: placeOf(stored), messages };
  }
  if (keeps('keep-orders-in-checkpoints')) {
    yield { kind: 'orders-kept', queue: queue.id, orders: queue.messages.orders };
  }
  if (!keeps('keep-ids-in-checkpoints')) return;
  for (const [, sends] of runsOf(queue.deduplication.remembered(), () => true)) {
    yield { kind: 'ids-kept', queue: queue.id, sends };
  }
}

/** What becomes of a message in a checkpoint that forgets why it was moved. */
function withoutCause(message: KeptMessage): KeptMessage {
  return { ...message, movedBy: undefined, movedAfter: 0 };
}
