/** The publishes of one confirm channel that the server has not answered; delivery tags count from 1. */
export class UnansweredPublishes {
  #next = 1;
  /** Every tag below is answered. */
  #low = 1;
  readonly #answeredAbove = new Set<number>();

  publish(): void {
    this.#next += 1;
  }

  /** How many publishes the answer settles; a tag that was never published or is settled counts none. */
  answer(tag: number, multiple: boolean): number {
    const last = this.#next - 1;
    if (!multiple) {
      if (tag < this.#low || tag > last || this.#answeredAbove.has(tag)) return 0;
      this.#answeredAbove.add(tag);
      this.#advance();
      return 1;
    }
    const upTo = tag === 0 ? last : Math.min(tag, last);
    let count = 0;
    for (; this.#low <= upTo; this.#low += 1) {
      if (!this.#answeredAbove.delete(this.#low)) count += 1;
    }
    this.#advance();
    return count;
  }

  #advance(): void {
    while (this.#answeredAbove.delete(this.#low)) this.#low += 1;
  }
}
