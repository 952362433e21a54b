import { Fifo } from './fifo.ts';
import type { QueuedMessage } from './queued-message.ts';

/** The messages that may be handed out, in the order in which they will be. */
export interface ReadyLine {
  /** A message becomes visible for the first time. */
  add(message: QueuedMessage): void;
  /** The next message without taking it. */
  peek(): QueuedMessage | undefined;
  /** Takes the message that `peek` shows; from here on it is in somebody's hands. */
  take(): QueuedMessage | undefined;
  /** The receive that took the last messages has all that it will get. */
  endReceive(): void;
  /** A message that was taken is visible again. */
  putBack(message: QueuedMessage): void;
  /** A message that was taken will not come back. */
  forget(message: QueuedMessage): void;
}

/** A standard queue: in the order of arrival, what came back first. */
export class ArrivalLine implements ReadyLine {
  readonly #fresh = new Fifo<QueuedMessage>();
  readonly #returned = new Fifo<QueuedMessage>();

  add(message: QueuedMessage): void {
    this.#fresh.push(message);
  }

  peek(): QueuedMessage | undefined {
    return this.#returned.first ?? this.#fresh.first;
  }

  take(): QueuedMessage | undefined {
    return this.#returned.length > 0 ? this.#returned.shift() : this.#fresh.shift();
  }

  endReceive(): void {}

  putBack(message: QueuedMessage): void {
    this.#returned.push(message);
  }

  forget(): void {}
}
