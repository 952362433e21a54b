/** Shorter ones are no news, and there would be as many as sends. */
const leastGapNs = 5e6;
const gapsMost = 4_096;

interface Gap {
  readonly fromNs: number;
  readonly toNs: number;
}

/** When sends were acknowledged, as far as it takes to say how long none was. */
export class AcknowledgedTimes {
  #lastNs: number | undefined;
  /** When a send last ended in another way. */
  #otherNs = Number.NEGATIVE_INFINITY;
  #gaps: Gap[] = [];

  /** Threads tell of themselves one after another, so that a time may lie before the one of the last call. */
  add(timeNs: number): void {
    const lastNs = this.#lastNs ?? timeNs;
    if (timeNs - lastNs >= leastGapNs) {
      this.#gaps.push({ fromNs: lastNs, toNs: timeNs });
      if (this.#gaps.length > gapsMost) this.#keepTheLongest();
    }
    this.#lastNs = Math.max(lastNs, timeNs);
  }

  /** A send ended and was not acknowledged. */
  addOther(timeNs: number): void {
    this.#otherNs = Math.max(this.#otherNs, timeNs);
  }

  /**
   * The longest time without an acknowledgement, as far as it lay in between. It ends with one, or with the last
   * send that might have been acknowledged.
   */
  longestGapNs(fromNs: number, untilNs: number): number {
    let longest = 0;
    const fromLastNs = this.#lastNs ?? fromNs;
    const unended = { fromNs: fromLastNs, toNs: Math.max(fromLastNs, this.#otherNs) };
    for (const gap of [...this.#gaps, unended]) {
      if (gap.toNs <= fromNs || gap.fromNs >= untilNs) continue;
      longest = Math.max(longest, gap.toNs - Math.max(gap.fromNs, fromNs));
    }
    return longest;
  }

  #keepTheLongest(): void {
    this.#gaps.sort((a, b) => b.toNs - b.fromNs - (a.toNs - a.fromNs));
    this.#gaps = this.#gaps.slice(0, gapsMost / 2);
  }
}
