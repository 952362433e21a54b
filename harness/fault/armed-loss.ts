import type { LostResponses } from './evidence.ts';

/** The lost-response fault while it is armed: when it may fire, and what it has done so far. */
export class ArmedLoss {
  readonly #times: number;
  readonly #everyMs: number;
  readonly #whenDone: () => void;
  #nextAtMs = Number.NEGATIVE_INFINITY;
  #fired = 0;
  #responsesLostBehind = 0;
  #sendsAnswered = 0;
  #bytesForwarded = 0;
  #connectionsCut = 0;

  /** @param whenDone called when the last of `times` connections has been cut */
  constructor(times: number, everyMs: number, whenDone: () => void) {
    this.#times = times;
    this.#everyMs = everyMs;
    this.#whenDone = whenDone;
  }

  isDue(nowMs: number): boolean {
    return this.#fired < this.#times && nowMs >= this.#nextAtMs;
  }

  fire(nowMs: number, sendsAnswered: number, bytesForwarded: number): void {
    this.#fired += 1;
    this.#nextAtMs = nowMs + this.#everyMs;
    this.#sendsAnswered += sendsAnswered;
    this.#bytesForwarded += bytesForwarded;
  }

  loseBehind(sendsAnswered: number): void {
    this.#responsesLostBehind += 1;
    this.#sendsAnswered += sendsAnswered;
  }

  cut(): void {
    this.#connectionsCut += 1;
    if (this.#connectionsCut === this.#times) this.#whenDone();
  }

  evidence(): LostResponses {
    return {
      asked: this.#times,
      responsesSwallowed: this.#fired,
      responsesLostBehind: this.#responsesLostBehind,
      sendsAnswered: this.#sendsAnswered,
      bytesForwarded: this.#bytesForwarded,
      connectionsCut: this.#connectionsCut,
    };
  }
}
