/**
 * The latest beginning of an enqueue among everything that one queue had handed out before an instant:
 * whatever was enqueued for certain before that beginning had to come first. Steps are kept in a ring, so
 * that an instant long past may find none.
 */
export class Dequeued {
  readonly #limit: number;
  #timesNs = new Float64Array(1024);
  #startsNs = new Float64Array(1024);
  /** Steps ever added, and those that were displaced. */
  #added = 0;
  #displaced = 0;
  /** By session: the same over what was pushed to it, in whose order a session's copies came. */
  readonly #pushed = new Map<number, number>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Of everything so far. */
  get latestStartNs(): number {
    return this.#added === 0 ? -1 : (this.#startsNs[(this.#added - 1) & this.#mask()] as number);
  }

  add(timeNs: number, startNs: number): void {
    if (startNs <= this.latestStartNs) return;
    if (this.#added - this.#displaced === this.#timesNs.length) {
      if (this.#timesNs.length < this.#limit) this.#grow();
      else this.#displaced += 1;
    }
    const at = this.#added & this.#mask();
    this.#timesNs[at] = timeNs;
    this.#startsNs[at] = startNs;
    this.#added += 1;
  }

  pushed(session: number, startNs: number): void {
    if (startNs > (this.#pushed.get(session) ?? -1)) this.#pushed.set(session, startNs);
  }

  /** Of everything pushed to the session so far. */
  latestStartInNs(session: number): number {
    return this.#pushed.get(session) ?? -1;
  }

  /** Of everything that was handed out, callback and all, before the instant. */
  latestStartBeforeNs(timeNs: number): number {
    let low = this.#displaced;
    let high = this.#added;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if ((this.#timesNs[middle & this.#mask()] as number) < timeNs) low = middle + 1;
      else high = middle;
    }
    return low === this.#displaced ? -1 : (this.#startsNs[(low - 1) & this.#mask()] as number);
  }

  #mask(): number {
    return this.#timesNs.length - 1;
  }

  #grow(): void {
    const [times, starts] = [this.#timesNs, this.#startsNs];
    this.#timesNs = new Float64Array(times.length * 2);
    this.#startsNs = new Float64Array(times.length * 2);
    for (let step = this.#displaced; step < this.#added; step += 1) {
      this.#timesNs[step & this.#mask()] = times[step & (times.length - 1)] as number;
      this.#startsNs[step & this.#mask()] = starts[step & (times.length - 1)] as number;
    }
  }
}
