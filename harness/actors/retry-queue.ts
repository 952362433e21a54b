/** A broker that answers at once that it cannot must not use up all attempts before it can again. */
const longestPauseNs = 1e9;

/** A message whose last attempt ended unknown and that is to be sent again under the same identity. */
export interface Resend {
  readonly lane: number;
  readonly seq: number;
  readonly attempt: number;
  readonly intendedNs: number;
  /** Its place in the original order of sends. */
  readonly index: number;
  readonly dueNs: number;
}

/**
 * Resends in the original order of their messages, however the engine settled them: after a connection
 * that lost a suffix of its sends, that keeps each lane in order. Bounded by the sends in flight.
 */
export class RetryQueue {
  /** Before the first resend, and twice as long before each other. */
  readonly #pauseNs: number;
  readonly #waiting: Resend[] = [];
  #isSorted = true;

  constructor(pauseMs: number) {
    this.#pauseNs = pauseMs * 1e6;
  }

  get length(): number {
    return this.#waiting.length;
  }

  add(message: Omit<Resend, 'dueNs'>, nowNs: number): void {
    const last = this.#waiting.at(-1);
    if (last !== undefined && last.index > message.index) this.#isSorted = false;
    const pauseNs = Math.min(this.#pauseNs * 2 ** (message.attempt - 2), longestPauseNs);
    this.#waiting.push({ ...message, dueNs: nowNs + pauseNs });
  }

  /** The first messages in order, up to `limit`, whose pause is over; stops at the first that still waits. */
  take(limit: number, nowNs: number): readonly Resend[] {
    if (!this.#isSorted) {
      this.#waiting.sort((a, b) => a.index - b.index);
      this.#isSorted = true;
    }
    let count = 0;
    while (count < limit) {
      const next = this.#waiting[count];
      if (next === undefined || next.dueNs > nowNs) break;
      count += 1;
    }
    return count === 0 ? [] : this.#waiting.splice(0, count);
  }
}
