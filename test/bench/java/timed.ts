import type { LoopResult } from '../pairs.ts';

/** What a tool says of one of its intervals. */
export interface Interval {
  readonly messages: number;
  readonly seconds: number;
}

/** The code of a JVM is compiled while it runs: what it does before that is not what it can. */
export const warmupSeconds = 5;
export const timedSeconds = 8;
/** Adds up what comes after the warm-up. `cpuMicros` is asked at the end of each interval. */
export class Timed {
  readonly #cpuMicros: () => number | undefined;
  #warmed = 0;
  #messages = 0;
  #seconds = 0;
  #cpuBefore = 0;
  #cpuAfter = 0;

  constructor(cpuMicros: () => number | undefined) {
    this.#cpuMicros = cpuMicros;
  }

  /** @returns whether it was the last */
  take({ messages, seconds }: Interval): boolean {
    if (this.#warmed < warmupSeconds) {
      // Before the first message arrives nothing warms up.
      if (messages > 0) this.#warmed += seconds;
      this.#cpuBefore = this.#cpuMicros() ?? this.#cpuBefore;
      return false;
    }
    this.#messages += messages;
    this.#seconds += seconds;
    this.#cpuAfter = this.#cpuMicros() ?? this.#cpuAfter;
    return this.#seconds >= timedSeconds;
  }

  result(): LoopResult | undefined {
    if (this.#seconds < timedSeconds || this.#messages === 0) return undefined;
    return {
      messagesPerSecond: this.#messages / this.#seconds,
      cpuMicrosPerMessage: (this.#cpuAfter - this.#cpuBefore) / this.#messages,
    };
  }
}
