/** The newest entries of a log, which are what replicas usually ask for: at hand, so that no disk has to be read. */
export class RecentEntries {
  readonly #budgetBytes: number;
  /** Those from `#first` on, up to the end of the log. */
  #entries: Buffer[] = [];
  #first = 0;
  #bytes = 0;

  constructor(budgetBytes: number) {
    this.#budgetBytes = budgetBytes;
  }

  /** The next entry of the log, at that index. */
  add(index: number, entry: Buffer): void {
    if (this.#entries.length === 0) this.#first = index;
    this.#entries.push(entry);
    this.#bytes += entry.length;
    if (this.#bytes > this.#budgetBytes) this.#forgetOlder();
  }

  /** Undefined for one that is not remembered. */
  get(index: number): Buffer | undefined {
    return index < this.#first ? undefined : this.#entries[index - this.#first];
  }

  /** The log ends there now. */
  cutFrom(end: number): void {
    const kept = Math.max(0, end - this.#first);
    for (const { length } of this.#entries.splice(kept)) this.#bytes -= length;
  }

  /** Half of them at a time, because what is left is moved. */
  #forgetOlder(): void {
    let forgotten = 0;
    while (this.#bytes > this.#budgetBytes / 2) {
      this.#bytes -= this.#entries[forgotten]?.length ?? this.#bytes;
      forgotten += 1;
    }
    this.#entries = this.#entries.slice(forgotten);
    this.#first += forgotten;
  }
}
