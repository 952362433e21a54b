import type { BatchStore } from '../journal/batch-store.ts';
import { BatchView } from '../protocol/batch.ts';
import type { MessageQueue } from './message-queue.ts';
import { attemptsOf, type QueuedMessage } from './queued-message.ts';
import type { ReceivedMessage, ReceiveRequest } from './queue-requests.ts';

/**
 * Takes what one receive gets, at least one message if there is any: at most `most`, and no more bytes
 * than it asks for. The caller leases or removes them, or puts them back.
 */
export function take(
  from: MessageQueue,
  { maxBytes }: ReceiveRequest,
  most: number,
  batches: Pick<BatchStore, 'load'>,
): { readonly taken: readonly QueuedMessage[]; readonly messages: readonly ReceivedMessage[] } {
  const taken: QueuedMessage[] = [];
  const messages: ReceivedMessage[] = [];
  let bytes = 0;
  while (taken.length < most) {
    const next = from.peek();
    if (next === undefined) break;
    const batch = BatchView.trusted(batches.load(next.stored));
    bytes += batch.messageBytes(next.slot);
    if (taken.length > 0 && bytes > maxBytes) break;
    from.take();
    taken.push(next);
    const { id, order, movedBy, movedAfter, slot } = next;
    const receiveCount = next.receiveCount + 1;
    const attempt = attemptsOf(next) + 1;
    messages.push({ id, receiveCount, attempt, order, movedBy, movedAfter, batch, slot });
  }
  from.endReceive();
  return { taken, messages };
}

/** What a receive is answered with that is asked for again. */
export function takenBefore(
  held: readonly QueuedMessage[],
  batches: Pick<BatchStore, 'load'>,
): readonly ReceivedMessage[] {
  return held.map((message) => ({
    id: message.id,
    receiveCount: message.receiveCount,
    attempt: attemptsOf(message),
    order: message.order,
    movedBy: message.movedBy,
    movedAfter: message.movedAfter,
    batch: BatchView.trusted(batches.load(message.stored)),
    slot: message.slot,
  }));
}
