/**
 * How far the acknowledged entries of one sequence of positions reached at a time: the maximum so far, by the
 * time at which each new maximum was acknowledged. Asked for the time at which a send was invoked it tells
 * the floor above which that send must be stored.
 */
const remembered = 4_096;

export class Floors {
  readonly #times = new Float64Array(remembered);
  readonly #majors = new Float64Array(remembered);
  readonly #minors = new Float64Array(remembered);
  /** Maxima that were ever noted; the latest 4,096 are kept. */
  #noted = 0;

  /** An entry at this position was acknowledged now. */
  note(timeNs: number, major: number, minor: number): void {
    if (this.#noted > 0 && !this.#isAbove(this.#slot(this.#noted - 1), major, minor)) return;
    const slot = this.#slot(this.#noted);
    this.#times[slot] = timeNs;
    this.#majors[slot] = major;
    this.#minors[slot] = minor;
    this.#noted += 1;
  }

  /**
   * Whether a position is at or below what had been acknowledged strictly before `timeNs`; `unknown` when
   * that is longer ago than what is remembered.
   */
  isBelow(timeNs: number, major: number, minor: number): boolean | 'unknown' {
    const oldest = Math.max(0, this.#noted - remembered);
    let low = oldest;
    let high = this.#noted;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#times[this.#slot(middle)] as number) < timeNs) low = middle + 1;
      else high = middle;
    }
    if (low === oldest) return oldest > 0 ? 'unknown' : false;
    return !this.#isAbove(this.#slot(low - 1), major, minor);
  }

  #slot(noted: number): number {
    return noted & (remembered - 1);
  }

  #isAbove(slot: number, major: number, minor: number): boolean {
    const known = this.#majors[slot] as number;
    return major > known || (major === known && minor > (this.#minors[slot] as number));
  }
}
