/** A limit of so much a second: what is not used is kept, as much of it as the bucket holds. It is full at first. */
export class TokenBucket {
  readonly #capacity: number;
  readonly #perSecond: number;
  #tokens: number;
  #filledMs: number;

  constructor(capacity: number, perSecond: number, nowMs: number) {
    this.#capacity = capacity;
    this.#perSecond = perSecond;
    this.#tokens = capacity;
    this.#filledMs = nowMs;
  }

  /** Takes all of it, or nothing where it is not there. */
  take(amount: number, nowMs: number): boolean {
    if (this.tokens(nowMs) < amount) return false;
    this.#tokens -= amount;
    return true;
  }

  /** Takes it also where it is not there: the rest is owed, and comes back before anything else. */
  owe(amount: number, nowMs: number): void {
    this.tokens(nowMs);
    this.#tokens -= amount;
  }

  /** Less than none where some is owed. A clock that goes back brings nothing. */
  tokens(nowMs: number): number {
    const passedMs = Math.max(0, nowMs - this.#filledMs);
    this.#tokens = Math.min(this.#capacity, this.#tokens + (passedMs * this.#perSecond) / 1000);
    this.#filledMs = Math.max(this.#filledMs, nowMs);
    return this.#tokens;
  }
}
