import type { Outgoing, Place } from '../../simulate/world/message.ts';

export interface Entry {
  readonly offset: number;
  readonly message: Outgoing;
}

/**
 * One sequence of entries. Offsets grow by one and are never used twice, not even after a crash has cut the
 * tail off; readers get what is durable, and see offsets as places.
 */
export class Partition {
  readonly scope: number;
  readonly entries: Entry[] = [];
  readonly #entriesPerLedger: number;
  #next = 0;
  #durable = 0;

  constructor(scope: number, entriesPerLedger: number) {
    this.scope = scope;
    this.#entriesPerLedger = entriesPerLedger;
  }

  /** The offset after the last entry that readers may see. */
  get end(): number {
    return this.#durable;
  }

  /** What stands before has been handed to some reader. */
  readTo = 0;

  /** The offset that the next entry gets. */
  get next(): number {
    return this.#next;
  }

  append(message: Outgoing): Entry {
    const entry = { offset: this.#next, message };
    this.entries.push(entry);
    this.#next += 1;
    return entry;
  }

  /** An offset that no reader will ever find anything at, as the marker of a transaction takes one. */
  skip(): number {
    this.#next += 1;
    return this.#next - 1;
  }

  /** The offset after the last entry of a lane. */
  endOf(lane: number): number {
    const last = this.entries.findLast(({ message }) => message.lane === lane);
    return last === undefined ? 0 : last.offset + 1;
  }

  /** At an offset that was skipped. */
  insert(offset: number, message: Outgoing): Entry {
    const entry = { offset, message };
    this.entries.splice(this.#firstFrom(offset), 0, entry);
    return entry;
  }

  /** Everything appended so far survives from now on. */
  sync(): void {
    this.#durable = this.#next;
  }

  isDurable({ offset }: Entry): boolean {
    return offset < this.#durable;
  }

  /** Takes away what was not durable, and `more` entries of what was. */
  cutTail(more: number): readonly Entry[] {
    const lost = this.entries.filter((entry) => !this.isDurable(entry));
    const kept = this.entries.length - lost.length - more;
    const cut = this.entries.splice(Math.max(0, kept));
    this.sync();
    return cut;
  }

  remove(entry: Entry): void {
    const at = this.entries.indexOf(entry);
    if (at >= 0) this.entries.splice(at, 1);
  }

  /** At most so many visible entries from an offset on, and those before `until`. */
  read(from: number, most: number, until = this.#durable): Entry[] {
    const found: Entry[] = [];
    for (let at = this.#firstFrom(from); at < this.entries.length; at += 1) {
      const entry = this.entries[at];
      if (entry === undefined || entry.offset >= until || found.length >= most) break;
      found.push(entry);
    }
    return found;
  }

  placeOf(offset: number): Place {
    const size = this.#entriesPerLedger;
    return size === 0
      ? { scope: this.scope, major: offset, minor: 0 }
      : { scope: this.scope, major: Math.floor(offset / size), minor: offset % size };
  }

  #firstFrom(offset: number): number {
    let low = 0;
    let high = this.entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.entries[middle]?.offset ?? 0) < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
