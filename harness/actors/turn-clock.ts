import type { Clock } from '../core/clock.ts';

/** One time sample for everything that happens in one callback of the event loop. */
export class TurnClock {
  readonly #clock: Clock;
  readonly #onEnd: () => void;
  #nowNs = 0;
  #isKnown = false;

  /** @param onEnd called after each turn in which the time was asked for */
  constructor(clock: Clock, onEnd: () => void) {
    this.#clock = clock;
    this.#onEnd = onEnd;
  }

  nowNs(): number {
    if (!this.#isKnown) {
      this.#isKnown = true;
      this.#nowNs = this.#clock.nowNs();
      queueMicrotask(this.#end);
    }
    return this.#nowNs;
  }

  readonly #end = (): void => {
    this.#isKnown = false;
    this.#onEnd();
  };
}
