import type { PlaceOf } from '../journal/space.ts';
import { runsOf } from '../journal/runs.ts';
import { encodeQueueEntry, type QueueEntry } from './entries.ts';
import type { Queue } from './queue.ts';
import type { QueueState } from './queue-state.ts';

/** What a checkpoint holds of the queues: entries that lead to what lasts of their state. */
export function* keptState(state: QueueState, placeOf: PlaceOf): Generator<Buffer> {
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
    for (const entry of keptOf(queue, placeOf)) yield encodeQueueEntry(entry);
  }
  const { nextQueue, nextId, uptime } = state;
  const uptimeMs = Math.ceil(uptime.latestMs);
  yield encodeQueueEntry({ kind: 'numbers-kept', queue: nextQueue, nextId, uptimeMs });
}

function* keptOf(queue: Queue, placeOf: PlaceOf): Generator<QueueEntry> {
  for (const [stored, messages] of runsOf(queue.messages.all, (message) => message.stored)) {
    yield { kind: 'messages-kept', queue: queue.id, batch: placeOf(stored), messages };
  }
  yield { kind: 'orders-kept', queue: queue.id, orders: queue.messages.orders };
  for (const [, sends] of runsOf(queue.deduplication.remembered(), () => true)) {
    yield { kind: 'ids-kept', queue: queue.id, sends };
  }
}
