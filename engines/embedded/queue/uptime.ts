/**
 * How long the broker has been up, over all its lives, in milliseconds; each begins with its first request. The clocks of two processes have
 * nothing in common, so that only this may be written into the journal. It stands still while the broker
 * is down: what is remembered for a time is remembered for that long or longer, what is due after a time is
 * late rather than early.
 */
export class Uptime {
  #recoveredMs = 0;
  #firstMs: number | undefined;
  #latestMs = 0;

  /** Recovery only: the broker was up for so long at least. */
  recovered(uptimeMs: number): void {
    this.#recoveredMs = Math.max(this.#recoveredMs, uptimeMs);
  }

  /** What the earlier lives amount to. */
  get recoveredMs(): number {
    return this.#recoveredMs;
  }

  /** So long at least it has been up, as far as anything has told. */
  get latestMs(): number {
    return Math.max(this.#latestMs, this.#recoveredMs);
  }

  /** @param nowMs by the clock of this process; the first call of its life begins to count */
  at(nowMs: number): number {
    this.#firstMs ??= nowMs;
    const uptimeMs = this.#recoveredMs + Math.max(0, nowMs - this.#firstMs);
    this.#latestMs = Math.max(this.#latestMs, uptimeMs);
    return uptimeMs;
  }

  /** By the clock of this process; undefined before anything has told its time. */
  clockOf(uptimeMs: number): number | undefined {
    return this.#firstMs === undefined ? undefined : uptimeMs - this.#recoveredMs + this.#firstMs;
  }
}
