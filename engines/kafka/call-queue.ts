import { sendLimit } from './traits.ts';
import { absorb, type Sending } from './sending.ts';

/**
 * Lets one call of each lane go at a time; what waits meanwhile is joined into the next, up to the limit of a
 * send. The client itself would let a new call overtake one that waits for its retry, which breaks the order
 * and makes an idempotent producer lose its sequence.
 */
export class CallQueue {
  /** By lane, as long as a call of it is under way. */
  readonly #waiting = new Map<number, Sending[]>();

  /** Nothing waits; calls may be under way. */
  get isEmpty(): boolean {
    return [...this.#waiting.values()].every((waiting) => waiting.length === 0);
  }

  /** @returns the call that goes now; `undefined` when another one of its lane is under way */
  add(sending: Sending): Sending | undefined {
    const waiting = this.#waiting.get(sending.lane);
    waiting?.push(sending);
    if (waiting !== undefined) return undefined;
    this.#waiting.set(sending.lane, []);
    return sending;
  }

  /** The call under way in a lane has ended. @returns the one that goes now, if any waits */
  next(lane: number): Sending | undefined {
    const waiting = this.#waiting.get(lane);
    const next = waiting?.shift();
    if (waiting === undefined || next === undefined) {
      this.#waiting.delete(lane);
      return undefined;
    }
    for (let more = waiting[0]; more !== undefined; more = waiting[0]) {
      const fits =
        next.transaction === more.transaction &&
        next.bytes + more.bytes <= sendLimit.bytes &&
        next.tickets.length + more.tickets.length <= sendLimit.messages;
      if (!fits) break;
      absorb(next, more);
      waiting.shift();
    }
    return next;
  }

  /** Takes everything that waits. */
  clear(): readonly Sending[] {
    const all = [...this.#waiting.values()].flat();
    this.#waiting.clear();
    return all;
  }
}
