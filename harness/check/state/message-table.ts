/** More than this is no table of what is in flight any more; checks that need it give up. */
const maxEntries = 1 << 21;
const firstCapacity = 1024;

/**
 * Messages of which something is remembered for a while: a pool of entries and an open-addressing index
 * over it, in typed arrays, because some are touched twice for every message. A table adds its columns, by
 * entry number, which stays valid until the entry is removed.
 */
export abstract class MessageTable {
  #slots = new Int32Array(firstCapacity * 2).fill(-1);
  #free: number[] = [];
  #used = 0;
  #high = 0;
  #overflowed = 0;
  /** -1 for an entry that is not used. */
  lane = new Int32Array(firstCapacity);
  seq = new Uint32Array(firstCapacity);
  protected readonly firstCapacity = firstCapacity;

  get size(): number {
    return this.#used;
  }

  /** Messages that found no room; while it is 0 the table is complete. */
  get overflowed(): number {
    return this.#overflowed;
  }

  /** @returns the entry of the message or -1 */
  find(lane: number, seq: number): number {
    const slot = this.#slotOf(lane, seq);
    return this.#slots[slot] ?? 0;
  }

  /** The message's entry, with columns as they were, of whatever message; -1 when the table is full. */
  open(lane: number, seq: number): number {
    let slot = this.#slotOf(lane, seq);
    let entry = this.#slots[slot] ?? 0;
    if (entry >= 0) return entry;
    if (this.#used >= maxEntries) {
      this.#overflowed += 1;
      return -1;
    }
    if (this.#used * 2 >= this.#slots.length) {
      this.#grow();
      slot = this.#slotOf(lane, seq);
    }
    entry = this.#free.pop() ?? this.#high++;
    this.#used += 1;
    this.#slots[slot] = entry;
    this.lane[entry] = lane;
    this.seq[entry] = seq;
    return entry;
  }

  remove(lane: number, seq: number): void {
    let hole = this.#slotOf(lane, seq);
    const entry = this.#slots[hole] ?? 0;
    if (entry < 0) return;
    this.lane[entry] = -1;
    this.#free.push(entry);
    this.#used -= 1;
    const mask = this.#slots.length - 1;
    let slot = hole;
    for (;;) {
      slot = (slot + 1) & mask;
      const moved = this.#slots[slot] ?? 0;
      if (moved < 0) break;
      const home = this.#hash(this.lane[moved] ?? 0, this.seq[moved] ?? 0);
      if (((slot - home) & mask) >= ((slot - hole) & mask)) {
        this.#slots[hole] = moved;
        hole = slot;
      }
    }
    this.#slots[hole] = -1;
  }

  /** Visits the entries; `visit` may remove the one it is shown, and open none. */
  each(visit: (entry: number) => void): void {
    for (let entry = 0; entry < this.#high; entry += 1) {
      if ((this.lane[entry] ?? -1) >= 0) visit(entry);
    }
  }

  /** Bytes an entry takes in the table's own columns. */
  protected abstract columnBytes(): number;

  /** Gives every column that many entries and keeps what they hold. */
  protected abstract growColumns(capacity: number): void;

  bytes(): number {
    return this.#slots.byteLength + this.lane.length * (8 + this.columnBytes());
  }

  #hash(lane: number, seq: number): number {
    const mixed = Math.imul(lane, 0x9e37_79b1) ^ Math.imul(seq, 0x85eb_ca6b);
    return (mixed ^ (mixed >>> 15)) & (this.#slots.length - 1);
  }

  #slotOf(lane: number, seq: number): number {
    const mask = this.#slots.length - 1;
    let slot = this.#hash(lane, seq);
    for (;;) {
      const entry = this.#slots[slot] ?? 0;
      if (entry < 0 || (this.lane[entry] === lane && this.seq[entry] === seq)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #grow(): void {
    const capacity = this.lane.length * 2;
    this.lane = grown(new Int32Array(capacity), this.lane);
    this.seq = grown(new Uint32Array(capacity), this.seq);
    this.growColumns(capacity);
    this.#slots = new Int32Array(capacity * 2).fill(-1);
    this.each((entry) => {
      const slot = this.#slotOf(this.lane[entry] ?? 0, this.seq[entry] ?? 0);
      this.#slots[slot] = entry;
    });
  }
}

/** The larger array with what the smaller one holds. */
export function grown<T extends { set(from: T): void }>(into: T, from: T): T {
  into.set(from);
  return into;
}
