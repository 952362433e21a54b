import { JournalError } from '../journal/commit-log.ts';
import { Status } from '../protocol/protocol.ts';
import type { Keeps } from '../rules.ts';
import type { Queue } from './queue.ts';
import type { Received, ReceiveRequest, Refused } from './queue-requests.ts';
import type { QueueState } from './queue-state.ts';
import type { QueuedMessage } from './queued-message.ts';
import { take, takenBefore } from './taking.ts';

/** Brings messages and those who wait for them together. */
export class HandingOut {
  readonly #state: QueueState;
  readonly #keeps: Keeps;
  readonly #maxInFlight: number;

  constructor(
    state: QueueState,
    { keeps, maxInFlight }: { readonly keeps: Keeps; readonly maxInFlight: number },
  ) {
    this.#state = state;
    this.#keeps = keeps;
    this.#maxInFlight = maxInFlight;
  }

  /**
   * Whether a receive that does not wait is refused because of what is in hands. One that waits gets nothing until there
   * is less, and of message groups so does one that does not (Amazon SQS standard queue quotas: OverLimit with short
   * polling, no error with long; FIFO queue quotas: no error).
   */
  isOverLimit(queue: Queue, { mode, maxWaitMs }: ReceiveRequest): boolean {
    const isRefused = mode.kind === 'lease' && maxWaitMs === 0 && this.#keeps('limit-in-flight');
    return isRefused && queue.attributes.order === 'arrival' && this.#room(queue) <= 0;
  }

  /** How many more the queue allows in hands. */
  #room({ attributes, messages }: Queue): number {
    return Math.min(this.#maxInFlight, attributes.maxInFlight) - messages.depth.inFlight;
  }

  /** In the order in which they came, as long as there is anything and the queue allows more in hands. */
  serve(queue: Queue, nowMs: number): void {
    for (;;) {
      const waiting = queue.waiting.first;
      if (waiting === undefined || queue.messages.peek() === undefined) return;
      const { request, done } = waiting;
      const asked = Math.min(request.maxMessages, queue.quota.messagesPerCall);
      const isLimited = request.mode.kind === 'lease' && this.#keeps('limit-in-flight');
      const most = isLimited ? Math.min(asked, this.#room(queue)) : asked;
      if (most <= 0) return;
      queue.waiting.shift();
      const { taken, messages } = take(queue.messages, request, most, this.#state.batches);
      const granted = (): void => done({ status: Status.ok, messages });
      this.#grant(queue, request, taken, nowMs, granted, done);
    }
  }

  /** The receiver did not hear of it the first time. Nothing is counted, and the leases run anew. */
  repeat(
    queue: Queue,
    { mode }: ReceiveRequest,
    held: readonly QueuedMessage[],
    nowMs: number,
    done: (received: Received) => void,
  ): void {
    if (mode.kind === 'lease') {
      for (const message of held) queue.messages.lease(message, nowMs + mode.leaseMs);
    }
    const messages = takenBefore(held, this.#state.batches);
    this.#state.whenSettled(() => done({ status: Status.ok, messages }));
  }

  /** The journal learns of a receive before its receiver does, so no copy goes uncounted. */
  #grant(
    queue: Queue,
    { mode, attemptId }: ReceiveRequest,
    taken: readonly QueuedMessage[],
    nowMs: number,
    granted: () => void,
    refused: (why: Refused) => void,
  ): void {
    const ids = taken.map((message) => message.id);
    const kind = mode.kind === 'lease' ? 'received' : 'deleted';
    try {
      this.#state.record({ kind, queue: queue.id, ids }, granted);
    } catch (error) {
      if (!(error instanceof JournalError)) throw error;
      for (const message of taken) queue.messages.putBack(message);
      refused({ status: Status.storageFailed, reason: error.message });
      return;
    }
    if (mode.kind === 'delete') return;
    for (const message of taken) {
      if (this.#keeps('count-receives')) message.receiveCount += 1;
      queue.messages.lease(message, nowMs + mode.leaseMs);
      if (!this.#keeps('hide-while-leased')) queue.messages.release(message);
    }
    if (attemptId !== undefined) queue.attempts.remember(attemptId, taken, nowMs);
  }
}
