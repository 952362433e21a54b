/** Seq covered by one page; a lane that sent little costs little. */
export const pageSeqs = 4096;
const pageWords = pageSeqs / 32;
/** Pages are views of slabs, because an ArrayBuffer of its own costs more than a page holds. */
const slabPages = 64;

/** What bounds a plane: lanes with an index at or above `size` were never registered. */
export interface LaneCount {
  readonly size: number;
}

/**
 * One bit for each message, paged by lane index and seq. A plane has one owner. Setting a bit of an
 * unregistered lane allocates nothing, so a broker cannot make the checker grow by inventing lanes.
 */
export class Plane {
  readonly #lanes: LaneCount;
  readonly #pages: (Uint32Array | undefined)[][] = [];
  #slab = new Uint32Array(0);
  #slabUsed = 0;
  #slabs = 0;

  constructor(lanes: LaneCount) {
    this.#lanes = lanes;
  }

  get(lane: number, seq: number): boolean {
    const page = this.#pages[lane]?.[seq >>> 12];
    return page !== undefined && (((page[(seq & 4095) >>> 5] ?? 0) >>> (seq & 31)) & 1) === 1;
  }

  /** @returns whether this call set it: false when it was set already or the lane is unknown */
  set(lane: number, seq: number): boolean {
    const page = this.#pages[lane]?.[seq >>> 12] ?? this.#allocate(lane, seq >>> 12);
    if (page === undefined) return false;
    const word = (seq & 4095) >>> 5;
    const before = page[word] ?? 0;
    const after = before | (1 << (seq & 31));
    page[word] = after;
    return (before | 0) !== after;
  }

  clear(lane: number, seq: number): void {
    const page = this.#pages[lane]?.[seq >>> 12];
    if (page === undefined) return;
    const word = (seq & 4095) >>> 5;
    page[word] = (page[word] ?? 0) & ~(1 << (seq & 31));
  }

  /** Bits of seq `index * 32` to `index * 32 + 31`, as a signed 32-bit number. */
  word(lane: number, index: number): number {
    const page = this.#pages[lane]?.[index >>> 7];
    return page === undefined ? 0 : (page[index & 127] ?? 0) | 0;
  }

  count(): number {
    let total = 0;
    this.#eachPage((page) => {
      for (const word of page) total += popcount32(word);
    });
    return total;
  }

  /** Adds every bit of `other`, a plane over the same lanes (a shard's, a process's). */
  merge(other: Plane): void {
    other.#eachPage((from, lane, index) => {
      const into = this.#pages[lane]?.[index] ?? this.#allocate(lane, index);
      if (into === undefined) return;
      for (let i = 0; i < pageWords; i += 1) into[i] = (into[i] ?? 0) | (from[i] ?? 0);
    });
  }

  /** Bytes of bits held, page tables left out. */
  bytes(): number {
    return this.#slabs * slabPages * pageWords * 4;
  }

  #eachPage(visit: (page: Uint32Array, lane: number, index: number) => void): void {
    this.#pages.forEach((pages, lane) => {
      pages.forEach((page, index) => {
        if (page !== undefined) visit(page, lane, index);
      });
    });
  }

  #allocate(lane: number, index: number): Uint32Array | undefined {
    if (lane < 0 || lane >= this.#lanes.size) return undefined;
    while (this.#pages.length <= lane) this.#pages.push([]);
    const pages = this.#pages[lane] ?? [];
    while (pages.length < index) pages.push(undefined);
    if (this.#slabUsed === this.#slab.length) {
      this.#slab = new Uint32Array(slabPages * pageWords);
      this.#slabUsed = 0;
      this.#slabs += 1;
    }
    const page = this.#slab.subarray(this.#slabUsed, this.#slabUsed + pageWords);
    this.#slabUsed += pageWords;
    pages[index] = page;
    return page;
  }
}

/** Bits set in a 32-bit word, signed or not. */
export function popcount32(word: number): number {
  let v = word - ((word >>> 1) & 0x5555_5555);
  v = (v & 0x3333_3333) + ((v >>> 2) & 0x3333_3333);
  return Math.imul((v + (v >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
}

/** Calls `visit` with the seq of every bit set in the word at `index`, ascending. */
export function eachBit(word: number, index: number, visit: (seq: number) => void): void {
  let rest = word;
  while (rest !== 0) {
    const lowest = rest & -rest;
    visit(index * 32 + 31 - Math.clz32(lowest));
    rest ^= lowest;
  }
}
