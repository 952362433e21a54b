import type { Refused } from './answers.ts';
import { refusals } from './refusals.ts';

/**
 * Which connection each exclusive queue belongs to: it alone consumes, binds and deletes it, and the queue ends
 * with it (AMQP 0-9-1, queue.declare, `exclusive`). Anybody may publish to it.
 */
export class Owners {
  readonly #sessionOf = new Map<number, number>();

  own(queue: number, session: number): void {
    this.#sessionOf.set(queue, session);
  }

  /** Why this connection must leave the queue alone; undefined when it need not. */
  refusal(queue: number, session: number): Refused | undefined {
    const owner = this.#sessionOf.get(queue);
    return owner === undefined || owner === session ? undefined : refusals.lockedQueue;
  }

  forget(queue: number): void {
    this.#sessionOf.delete(queue);
  }

  /** @returns the queues that end with the connection */
  leave(session: number): readonly number[] {
    const queues = [...this.#sessionOf].flatMap(([queue, owner]) =>
      owner === session ? [queue] : [],
    );
    for (const queue of queues) this.#sessionOf.delete(queue);
    return queues;
  }
}
