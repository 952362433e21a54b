/** What is done a moment later, or at once when there will be no later. */
export class PutOff {
  readonly #forMs: number;
  readonly #waiting = new Set<() => void>();

  constructor(forMs: number) {
    this.#forMs = forMs;
  }

  later(act: () => void): void {
    const now = (): void => {
      clearTimeout(timer);
      if (this.#waiting.delete(now)) act();
    };
    const timer = setTimeout(now, this.#forMs);
    this.#waiting.add(now);
  }

  doAll(): void {
    for (const now of this.#waiting) now();
  }
}
