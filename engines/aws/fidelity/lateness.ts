/** So much longer than it has to a call takes on any machine. */
const usualMs = 250;
/** What is missing for seconds is no evidence where the machine stood still for this much of them. */
const stallMs = 1_000;

export const tooSlow = 'the machine was too slow';

/**
 * How much longer than they had to the calls and timers of a probe took. A target answers calls like these at once: this
 * is time that the machine took, and what did not come in it is not to be held against the target.
 */
export class Lateness {
  readonly #nowMs: () => number;
  #lateMs = 0;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** @param hasToMs what it takes by itself: a timer its time, a long poll that of its waiting */
  async of<T>(hasToMs: number, doing: () => Promise<T>): Promise<T> {
    const fromMs = this.#nowMs();
    try {
      return await doing();
    } finally {
      const lateMs = this.#nowMs() - fromMs - hasToMs;
      if (lateMs > usualMs) this.#lateMs += lateMs;
    }
  }

  /** @returns tells whether the machine has stalled since */
  watch(): () => boolean {
    const beforeMs = this.#lateMs;
    return () => this.#lateMs - beforeMs > stallMs;
  }
}
