import type { Limit } from '../engine.ts';
import { Fifo } from '../fifo.ts';

/** A message that waits for its call, or for its answer; `entry` is how the service has it. */
export interface Waiting<E> {
  readonly ticket: number;
  readonly destination: number;
  readonly bytes: number;
  readonly entry: E;
  /** What waits behind it must not be sent before it. */
  readonly isOrdered: boolean;
}

/** Messages that leave one call after another, in the order in which they came. */
export class SendLane<E> {
  readonly #limit: Limit;
  readonly #waiting = new Fifo<Waiting<E>>();
  isBusy = false;
  /** Somebody will come back for what waits. */
  isAwaited = false;
  /** How long it stood still after the last call of which a limit refused something. */
  pausedMs = 0;

  /** @param limit of one call */
  constructor(limit: Limit) {
    this.#limit = limit;
  }

  push(message: Waiting<E>): void {
    this.#waiting.push(message);
  }

  /** Before all that waits, in their order: what was refused is not overtaken. */
  putBack(messages: readonly Waiting<E>[]): void {
    for (const message of [...messages, ...this.#waiting.clear()]) this.#waiting.push(message);
  }

  /** As many of the first as one call takes: to one destination, within the limits. */
  cut(): readonly Waiting<E>[] {
    const call: Waiting<E>[] = [];
    let bytes = 0;
    for (;;) {
      const next = this.#waiting.first;
      if (next === undefined || call.length === this.#limit.messages) return call;
      const isOther = call.length > 0 && next.destination !== call[0]?.destination;
      if (isOther || (call.length > 0 && bytes + next.bytes > this.#limit.bytes)) return call;
      bytes += next.bytes;
      call.push(next);
      this.#waiting.shift();
    }
  }

  get isEmpty(): boolean {
    return this.#waiting.first === undefined;
  }

  /** As many wait as one call takes. */
  get isFull(): boolean {
    return this.#waiting.length >= this.#limit.messages;
  }

  clear(): readonly Waiting<E>[] {
    return this.#waiting.clear();
  }
}
