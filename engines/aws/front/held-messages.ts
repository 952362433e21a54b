import type { Parameters } from './service-call.ts';

interface Held {
  readonly message: Parameters;
  /** How many others may still be handed out before it. */
  passedBy: number;
  readonly sinceMs: number;
}

/**
 * Messages of one queue that were received, and that another receive will get. Whoever is held for too long is dropped:
 * its lease ends, and the queue hands it out again.
 */
export class HeldMessages {
  readonly #heldMsMost: number;
  #held: Held[] = [];

  constructor(heldMsMost: number) {
    this.#heldMsMost = heldMsMost;
  }

  /** @param passedBy so many others are handed out before it, unless there are no others */
  hold(message: Parameters, passedBy: number, nowMs: number): void {
    this.#held.push({ message, passedBy, sinceMs: nowMs });
  }

  /**
   * Those whose turn has come, the first that were held first.
   * @param passing how many others the receive gets; where it gets none, it is everybody's turn
   * @param most that the receive has room for
   */
  take(passing: number, most: number, nowMs: number): readonly Parameters[] {
    this.#held = this.#held.filter(({ sinceMs }) => nowMs - sinceMs <= this.#heldMsMost);
    const taken: Parameters[] = [];
    const left: Held[] = [];
    for (const held of this.#held) {
      held.passedBy -= passing;
      const isDue = passing === 0 || held.passedBy <= 0;
      if (isDue && taken.length < most) taken.push(held.message);
      else left.push(held);
    }
    this.#held = left;
    return taken;
  }
}
