import { Fifo } from '../../fifo.ts';
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
  /** A message that nobody took is gone. */
  vanish(message: QueuedMessage): void;
}

/** The first message that is not gone; those before it are dropped. */
export function firstOf(line: Fifo<QueuedMessage>): QueuedMessage | undefined {
  while (line.first?.state === 'gone') line.shift();
  return line.first;
}

/** A standard queue: in the order of arrival, what came back first. */
export class ArrivalLine implements ReadyLine {
  readonly #fresh = new Fifo<QueuedMessage>();
  readonly #returned = new Fifo<QueuedMessage>();

  add(message: QueuedMessage): void {
    this.#fresh.push(message);
  }

  peek(): QueuedMessage | undefined {
    return firstOf(this.#returned) ?? firstOf(this.#fresh);
  }

  take(): QueuedMessage | undefined {
    const isReturned = firstOf(this.#returned) !== undefined;
    return this.peek() === undefined
      ? undefined
      : (isReturned ? this.#returned : this.#fresh).shift();
  }

  endReceive(): void {}

  putBack(message: QueuedMessage): void {
    this.#returned.push(message);
  }

  forget(): void {}

  vanish(): void {}
}
