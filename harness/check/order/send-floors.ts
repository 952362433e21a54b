const smallest = 4;
const most = 4_096;
/** Time, major and minor of a maximum stand side by side; a fourth number keeps the slots aligned. */
const width = 4;

/**
 * How far the acknowledged entries of one sequence of positions reached at a time: each new maximum with the
 * time at which it was acknowledged. Asked for the time at which a send was invoked it tells the floor above
 * which that send must be stored. What no open send can ask for any more is forgotten, taking answers to
 * come about in the order of their sends; an older question is not answered.
 */
export class Floors {
  #capacity = smallest;
  #maxima = new Float64Array(smallest * width);
  /** Maxima that were ever noted, and how many of them are forgotten. */
  #noted: number;
  #forgotten: number;

  /** @param isOlderForgotten there were maxima before those that will be noted here */
  constructor(isOlderForgotten = false) {
    this.#noted = isOlderForgotten ? 1 : 0;
    this.#forgotten = this.#noted;
  }

  /** An entry at this position, whose send was invoked then, was acknowledged now. */
  note(timeNs: number, invokedNs: number, major: number, minor: number): void {
    if (this.#noted > this.#forgotten) {
      const newest = this.#slot(this.#noted - 1);
      if (!this.#isAbove(newest, major, minor)) return;
      // Of one instant nothing but the highest counts.
      if (this.#maxima[newest] === timeNs) {
        this.#maxima[newest + 1] = major;
        this.#maxima[newest + 2] = minor;
        return;
      }
    }
    while (this.#noted - this.#forgotten > 1 && this.#timeOf(this.#forgotten + 1) < invokedNs) {
      this.#forgotten += 1;
    }
    if (this.#noted - this.#forgotten === this.#capacity) this.#makeRoom();
    const slot = this.#slot(this.#noted);
    this.#maxima[slot] = timeNs;
    this.#maxima[slot + 1] = major;
    this.#maxima[slot + 2] = minor;
    this.#noted += 1;
  }

  /**
   * Whether a position is at or below what had been acknowledged strictly before `timeNs`; `unknown` when
   * that is longer ago than what is remembered.
   */
  isBelow(timeNs: number, major: number, minor: number): boolean | 'unknown' {
    // Above everything that was ever noted: so it is in most cases.
    if (this.#noted > this.#forgotten && this.#isAbove(this.#slot(this.#noted - 1), major, minor)) {
      return false;
    }
    let low = this.#forgotten;
    let high = this.#noted;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#timeOf(middle) < timeNs) low = middle + 1;
      else high = middle;
    }
    if (low === this.#forgotten) return low > 0 ? 'unknown' : false;
    return !this.#isAbove(this.#slot(low - 1), major, minor);
  }

  #timeOf(noted: number): number {
    return this.#maxima[this.#slot(noted)] as number;
  }

  #slot(noted: number): number {
    return (noted & (this.#capacity - 1)) * width;
  }

  #isAbove(slot: number, major: number, minor: number): boolean {
    const known = this.#maxima[slot + 1] as number;
    return major > known || (major === known && minor > (this.#maxima[slot + 2] as number));
  }

  #makeRoom(): void {
    if (this.#capacity === most) {
      this.#forgotten += 1;
      return;
    }
    const larger = new Float64Array(this.#maxima.length * 2);
    for (let noted = this.#forgotten; noted < this.#noted; noted += 1) {
      const slot = this.#slot(noted);
      const into = (noted & (this.#capacity * 2 - 1)) * width;
      for (let at = 0; at < width; at += 1) larger[into + at] = this.#maxima[slot + at] as number;
    }
    this.#capacity *= 2;
    this.#maxima = larger;
  }
}
