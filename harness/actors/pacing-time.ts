/**
 * How long a producer's turns took without what its client had the thread for: the timetable, bodies, headers, history
 * and the figures of what leaves. By the clock, so that it holds what another thread took the core for meanwhile.
 */
export class PacingTime {
  #totalNs = 0;
  #sinceNs = 0;

  get totalNs(): number {
    return this.#totalNs;
  }

  /** A turn begins, or the client has returned. @returns the same instant */
  goesOn(nowNs: number): number {
    this.#sinceNs = nowNs;
    return nowNs;
  }

  /** The turn ends, or the client is called. */
  stands(nowNs: number): void {
    this.#totalNs += nowNs - this.#sinceNs;
  }
}
