/**
 * Who made a message wait. The client has the thread from each hand-over to its return, or takes nothing; in a gap
 * between that and the next hand-over the generator could have sent and did not, because its thread was not woken or
 * was busy. The gap in which a load fell behind is the generator's fault for all that was due before its end, in however
 * many batches that leaves. Between later turns, until everything has left, the thread takes answers for the client
 * too: such a gap is held against the next batch alone.
 */
export class GeneratorDelay {
  /** When the client last let go of the thread, took messages again or was back. */
  #freeNs = 0;
  #isBehind = false;
  #firstFromNs = 0;
  #firstToNs = 0;
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
    if (this.#isBehind) return;
    this.#isBehind = true;
    this.#firstFromNs = this.#freeNs;
    this.#firstToNs = nowNs;
  }

  /** How much of the time from an instant to the batch that leaves now was the generator's. */
  since(dueNs: number): number {
    const firstNs = overlap(dueNs, this.#firstFromNs, this.#firstToNs);
    return this.#lastToNs === this.#firstToNs
      ? firstNs
      : firstNs + overlap(dueNs, this.#lastFromNs, this.#lastToNs);
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
