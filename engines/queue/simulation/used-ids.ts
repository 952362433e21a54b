interface Used {
  readonly id: string;
  /** Its original was stored by then. */
  readonly storedNs: number;
}

/**
 * Deduplication ids whose window has certainly ended, so that the next message under one of them is a new one. A
 * window is measured in uptime of the broker, which may be behind after a restart: only what has passed since the
 * first answer of a connection counts.
 */
export class UsedIds {
  readonly #afterNs: number;
  readonly #used: Used[] = [];
  #upSinceNs = Number.POSITIVE_INFINITY;

  /** @param afterMs how long a window certainly takes at the most, by the world's clock */
  constructor(afterMs: number) {
    this.#afterNs = afterMs * 1e6;
  }

  /** A connection began, perhaps to another life of the broker. */
  connected(): void {
    this.#upSinceNs = Number.POSITIVE_INFINITY;
  }

  answered(nowNs: number): void {
    this.#upSinceNs = Math.min(this.#upSinceNs, nowNs);
  }

  stored(id: string, storedNs: number): void {
    this.#used.push({ id, storedNs });
  }

  /** The one that was used longest ago; undefined: none whose window has certainly ended. */
  take(nowNs: number): string | undefined {
    const [oldest] = this.#used;
    if (oldest === undefined) return undefined;
    const sinceNs = Math.max(oldest.storedNs, this.#upSinceNs);
    if (nowNs - sinceNs < this.#afterNs) return undefined;
    this.#used.shift();
    return oldest.id;
  }
}
