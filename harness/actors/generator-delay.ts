/**
 * Who made a message wait. The client has the thread from each hand-over to its return, or takes nothing; in a gap
 * between that and the next hand-over the generator could have sent and did not, because its thread was not woken or
 * was busy. The longest gap since a load fell behind is the generator's fault for all that was due before its end, in
 * however many batches that leaves. In the many short ones between two turns, until everything has left, the thread takes
 * answers for the client too: each is held against the next batch alone.
 */
export class GeneratorDelay {
  /** When the client last let go of the thread, took messages again or was back. */
  #freeNs = 0;
  #isBehind = false;
  #longestFromNs = 0;
  #longestToNs = 0;
  #lastFromNs = 0;
  #lastToNs = 0;

  /** @returns the same instant */
  free(nowNs: number): number {
    this.#freeNs = nowNs;
    return nowNs;
  }

  /** A batch leaves: since the client was free nobody held it up. */
  leaving(nowNs: number): void {
    this.#lastFromNs = this.#freeNs;
    this.#lastToNs = nowNs;
    const isLonger = nowNs - this.#freeNs > this.#longestToNs - this.#longestFromNs;
    if (this.#isBehind && !isLonger) return;
    this.#isBehind = true;
    this.#longestFromNs = this.#freeNs;
    this.#longestToNs = nowNs;
  }

  /** How much of the time from an instant to the batch that leaves now was the generator's. */
  since(dueNs: number): number {
    const longestNs = overlap(dueNs, this.#longestFromNs, this.#longestToNs);
    return this.#lastToNs === this.#longestToNs
      ? longestNs
      : longestNs + overlap(dueNs, this.#lastFromNs, this.#lastToNs);
  }

  /** Everything that was due has left. @returns -1, which stands for that */
  caughtUp(): -1 {
    this.#isBehind = false;
    return -1;
  }
}

function overlap(dueNs: number, fromNs: number, toNs: number): number {
  const beginNs = fromNs > dueNs ? fromNs : dueNs;
  return toNs > beginNs ? toNs - beginNs : 0;
}
