import { JournalError } from '../journal/commit-log.ts';
import type { QueueAttributes } from '../protocol/queue-attributes.ts';
import type { MoveCause } from './entries.ts';
import type { Queue } from './queue.ts';
import type { QueuedMessage } from './queued-message.ts';
import type { QueueState } from './queue-state.ts';

/** Why a queue cannot have these dead letters, as a clause; undefined: it can. */
export function whyNoDeadLetters(
  { order, deadLetters }: QueueAttributes,
  state: QueueState,
): string | undefined {
  if (deadLetters.kind === 'none') return undefined;
  const target = state.get(deadLetters.queue);
  if (target === undefined) return 'there is no queue for its dead letters';
  // SQS developer guide, dead-letter queues: that of a FIFO queue must be a FIFO queue.
  const isAlike = target.attributes.order === order;
  return isAlike ? undefined : 'the queue for its dead letters has another order';
}

/** Another queue that sends its dead letters there, by name. */
export function sourceOf(target: Queue, { queues }: QueueState): string | undefined {
  for (const { name, attributes } of queues) {
    const { deadLetters } = attributes;
    if (deadLetters.kind === 'queue' && deadLetters.queue === target.id) return name;
  }
  return undefined;
}

/**
 * Moves messages out of hands to the dead letters of their queue.
 * @param moved when they may be seen there
 * @throws JournalError and then they are where they were
 */
export function bury(
  state: QueueState,
  queue: Queue,
  ids: readonly number[],
  cause: MoveCause,
  moved: (target: Queue) => void,
): void {
  const target = deadLettersOf(queue, state);
  if (target === undefined) return;
  if (cause === 'rejected' && !state.keeps('bury-rejected')) {
    return state.record({ kind: 'deleted', queue: queue.id, ids }, () => moved(target));
  }
  move(state, queue, target, ids, cause, () => moved(target));
}

export function deadLettersOf({ attributes }: Queue, state: QueueState): Queue | undefined {
  const { deadLetters } = attributes;
  return deadLetters.kind === 'none' ? undefined : state.get(deadLetters.queue);
}

/** Moves what was received too often. A full disk keeps it out of sight until the next try. */
export function buryExhausted(
  state: QueueState,
  queue: Queue,
  moved: (target: Queue) => void,
): void {
  const ids = queue.messages.exhausted;
  if (ids.length === 0) return;
  try {
    bury(state, queue, ids, 'attempts', moved);
  } catch (error) {
    if (!(error instanceof JournalError)) throw error;
  }
}

/**
 * Moves up to `most` dead letters to another queue, where they begin anew; those in somebody's hands stay
 * (SQS developer guide, dead-letter queue redrive).
 * @param moved gets the ids that were moved, when they may be seen
 * @throws JournalError and then they are where they were
 */
export function redrive(
  state: QueueState,
  from: Queue,
  target: Queue,
  most: number,
  moved: (ids: readonly number[]) => void,
): void {
  const taken = takeReady(from, most);
  if (taken.length === 0) return moved([]);
  const ids = taken.map(({ id }) => id);
  try {
    move(state, from, target, ids, 'redrive', () => moved(ids));
  } catch (error) {
    for (const message of taken) from.messages.putBack(message);
    throw error;
  }
}

function takeReady({ messages }: Queue, most: number): readonly QueuedMessage[] {
  const taken: QueuedMessage[] = [];
  while (taken.length < most) {
    const next = messages.take();
    if (next === undefined) break;
    taken.push(next);
  }
  messages.endReceive();
  return taken;
}

function move(
  state: QueueState,
  { id }: Queue,
  target: Queue,
  ids: readonly number[],
  cause: MoveCause,
  moved: () => void,
): void {
  const uptimeMs = Math.ceil(state.uptime.latestMs);
  state.record({ kind: 'moved', queue: id, to: target.id, cause, uptimeMs, ids }, () => {
    target.messages.publishEach(ids);
    moved();
  });
}
