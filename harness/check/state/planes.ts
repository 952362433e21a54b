/** Seq covered by one page; a lane that sent little costs little. */
export const pageSeqs = 4096;
const pageWords = pageSeqs / 32;
/**
 * Pages are ranges of slabs: a typed array for each page would cost more than the page holds, and following
 * a pointer to it more than reading the bit.
 */
const slabWords = 1 << 15;
/** The first slab begins with four pages, and doubles. */
const firstSlabWords = 4 * pageWords;
const nowhere = -1;

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
  /** By lane and page: where the page begins, in words over all slabs. */
  readonly #bases: number[][] = [];
  readonly #slabs: Uint32Array[] = [];
  #wordsUsed = 0;
  /** By lane: the page that was touched last and its base, because a lane goes through its pages in order. */
  #recent = new Int32Array(0);

  constructor(lanes: LaneCount) {
    this.#lanes = lanes;
  }

  get(lane: number, seq: number): boolean {
    // Many planes stay empty for ever, and are asked for every message.
    if (this.#wordsUsed === 0) return false;
    const base = this.#baseOf(lane, seq >>> 12);
    if (base < 0) return false;
    const slab = this.#slabs[base >>> 15] as Uint32Array;
    const word = slab[(base & (slabWords - 1)) + ((seq & 4095) >>> 5)] as number;
    return ((word >>> (seq & 31)) & 1) === 1;
  }

  /** @returns whether this call set it: false when it was set already or the lane is unknown */
  set(lane: number, seq: number): boolean {
    let base = this.#baseOf(lane, seq >>> 12);
    if (base < 0) {
      base = this.#allocate(lane, seq >>> 12);
      if (base < 0) return false;
    }
    const slab = this.#slabs[base >>> 15] as Uint32Array;
    const at = (base & (slabWords - 1)) + ((seq & 4095) >>> 5);
    const before = slab[at] as number;
    const after = before | (1 << (seq & 31));
    slab[at] = after;
    return (before | 0) !== after;
  }

  /** Sets the bits of so many messages from that one on. */
  setRun(lane: number, first: number, count: number): void {
    for (let seq = first; seq < first + count; seq = nextWord(seq)) {
      let base = this.#baseOf(lane, seq >>> 12);
      if (base < 0) base = this.#allocate(lane, seq >>> 12);
      if (base < 0) return;
      const slab = this.#slabs[base >>> 15] as Uint32Array;
      const at = (base & (slabWords - 1)) + ((seq & 4095) >>> 5);
      slab[at] = (slab[at] as number) | bitsOfRun(seq, first + count);
    }
  }

  /** How many of so many messages from that one on have their bits set. */
  countRun(lane: number, first: number, count: number): number {
    if (count === 1) return this.get(lane, first) ? 1 : 0;
    if (this.#wordsUsed === 0) return 0;
    let total = 0;
    for (let seq = first; seq < first + count; seq = nextWord(seq)) {
      total += popcount32(this.word(lane, seq >>> 5) & bitsOfRun(seq, first + count));
    }
    return total;
  }

  clear(lane: number, seq: number): void {
    const base = this.#baseOf(lane, seq >>> 12);
    if (base < 0) return;
    const slab = this.#slabs[base >>> 15] as Uint32Array;
    const at = (base & (slabWords - 1)) + ((seq & 4095) >>> 5);
    slab[at] = (slab[at] as number) & ~(1 << (seq & 31));
  }

  /** Bits of seq `index * 32` to `index * 32 + 31`, as a signed 32-bit number. */
  word(lane: number, index: number): number {
    const base = this.#baseOf(lane, index >>> 7);
    if (base < 0) return 0;
    const slab = this.#slabs[base >>> 15] as Uint32Array;
    return (slab[(base & (slabWords - 1)) + (index & 127)] as number) | 0;
  }

  count(): number {
    let total = 0;
    // What no page uses is zero.
    for (const slab of this.#slabs) for (const word of slab) total += popcount32(word);
    return total;
  }

  /** Adds every bit of `other`, a plane over the same lanes (a shard's, a process's). */
  merge(other: Plane): void {
    other.#bases.forEach((pages, lane) => {
      pages.forEach((from, page) => {
        if (from < 0) return;
        let base = this.#baseOf(lane, page);
        if (base < 0) base = this.#allocate(lane, page);
        if (base < 0) return;
        const into = this.#pageAt(base);
        other.#pageAt(from).forEach((word, i) => {
          into[i] = (into[i] as number) | word;
        });
      });
    });
  }

  /** Bytes of bits held, page tables left out. */
  bytes(): number {
    return this.#slabs.reduce((sum, slab) => sum + slab.byteLength, 0);
  }

  #pageAt(base: number): Uint32Array {
    const slab = this.#slabs[base >>> 15] as Uint32Array;
    return slab.subarray(base & (slabWords - 1), (base & (slabWords - 1)) + pageWords);
  }

  #baseOf(lane: number, page: number): number {
    if (this.#recent[lane * 2] === page) return this.#recent[lane * 2 + 1] as number;
    const base = this.#bases[lane]?.[page] ?? nowhere;
    if (base >= 0) this.#touch(lane, page, base);
    return base;
  }

  #touch(lane: number, page: number, base: number): void {
    if (lane * 2 >= this.#recent.length) {
      const grown = new Int32Array(Math.max(lane + 1, this.#lanes.size) * 2).fill(nowhere);
      grown.set(this.#recent);
      this.#recent = grown;
    }
    this.#recent[lane * 2] = page;
    this.#recent[lane * 2 + 1] = base;
  }

  #makeRoom(): void {
    const last = this.#slabs.at(-1);
    if (last === undefined) this.#slabs.push(new Uint32Array(firstSlabWords));
    else if (this.#wordsUsed === last.length && last.length < slabWords) {
      const larger = new Uint32Array(last.length * 2);
      larger.set(last);
      this.#slabs[0] = larger;
    } else if (this.#wordsUsed === this.#slabs.length * slabWords) {
      this.#slabs.push(new Uint32Array(slabWords));
    }
  }

  #allocate(lane: number, page: number): number {
    if (lane < 0 || lane >= this.#lanes.size) return nowhere;
    while (this.#bases.length <= lane) this.#bases.push([]);
    const pages = this.#bases[lane] as number[];
    while (pages.length <= page) pages.push(nowhere);
    this.#makeRoom();
    const base = this.#wordsUsed;
    this.#wordsUsed += pageWords;
    pages[page] = base;
    this.#touch(lane, page, base);
    return base;
  }
}

/** The first bit of the word after that of the bit `seq`. */
export function nextWord(seq: number): number {
  return seq + 32 - (seq & 31);
}

/** Of the word of the bit `first`, the bits from there on that are below `end`. */
export function bitsOfRun(first: number, end: number): number {
  const from = -1 << (first & 31);
  const left = end - (first - (first & 31));
  return left >= 32 ? from : from & ((1 << left) - 1);
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
