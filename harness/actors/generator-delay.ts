/** More than a load is ever behind by turns; bounds what is remembered of one stretch in which it is. */
const mostGaps = 256;

/**
 * Who made a message wait. While a load is behind, the client has the thread from each hand-over to its return, or
 * takes nothing; the rest of the time the generator could have sent and did not, because its thread was not woken or
 * was busy with something else. That rest is kept as gaps until the load has caught up: of all that was due before a
 * gap and leaves after it, the gap is the generator's fault, however many batches it takes to catch up.
 */
export class GeneratorDelay {
  readonly #from = new Float64Array(mostGaps);
  readonly #to = new Float64Array(mostGaps);
  #first = 0;
  #end = 0;
  /** When the client last let go of the thread, took messages again or was back. */
  #freeNs = 0;

  /** @returns the same instant */
  free(nowNs: number): number {
    this.#freeNs = nowNs;
    return nowNs;
  }

  /** A batch leaves: since the client was free nobody held it up. */
  leaving(nowNs: number): void {
    if (nowNs <= this.#freeNs) return;
    if (this.#end === mostGaps) {
      // The last two become one that is as long as both.
      const last = mostGaps - 1;
      const length = (this.#to[last] as number) - (this.#from[last] as number);
      this.#from[last] = this.#freeNs - length;
      this.#to[last] = nowNs;
      return;
    }
    this.#from[this.#end] = this.#freeNs;
    this.#to[this.#end] = nowNs;
    this.#end += 1;
  }

  /** How much of the time since an instant was the generator's; instants never fall between two `caughtUp`. */
  since(dueNs: number): number {
    while (this.#first < this.#end && (this.#to[this.#first] as number) <= dueNs) this.#first += 1;
    let sumNs = 0;
    for (let at = this.#first; at < this.#end; at += 1) {
      const fromNs = this.#from[at] as number;
      sumNs += (this.#to[at] as number) - (fromNs > dueNs ? fromNs : dueNs);
    }
    return sumNs;
  }

  /** Everything that was due has left. @returns -1, which stands for that */
  caughtUp(): -1 {
    this.#first = 0;
    this.#end = 0;
    return -1;
  }
}
