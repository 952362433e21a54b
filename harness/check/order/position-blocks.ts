import type { NameOf } from '../event-names.ts';

/** Positions of one block. */
export const blockPositions = 65_536;
const defaultBlocks = 1 << 16;

/** A stretch of positions of one scope: of majors, or of minors of one major. */
export interface Block {
  readonly scope: number;
  readonly major: number;
  /** -1: the block is of majors, and its positions have no minor. */
  readonly firstMinor: number;
}

interface ScopeBlocks {
  readonly plain: Map<number, number>;
  readonly minors: Map<number, Map<number, number>>;
}

/** How a reader's block compares with what was seen first at each of its positions. */
export type Comparison = 'equal' | 'different' | 'unknown';

/**
 * Sums that tell whether two readers saw the same messages at the same positions, without keeping them: of
 * each position a hash of it and its message, added up in whatever order they come. Reader 0 is the
 * reference: what was seen first at each position, by anybody. Every other reader's positions are some of
 * its; if they are as many they are the same, and then the sums differ only if a message does.
 *
 * 16 bytes a block and reader.
 */
export class PositionBlocks {
  /** Positions in blocks that found no room. */
  overflowed = 0;
  readonly #readers: number;
  readonly #maxBlocks: number;
  readonly #scopes = new Map<number, ScopeBlocks>();
  readonly #blocks: Block[] = [];
  #low: Uint32Array;
  #high: Uint32Array;
  #counts: Uint32Array;
  #open: Uint32Array;

  constructor(readers: number, maxBlocks = defaultBlocks) {
    this.#readers = readers;
    this.#maxBlocks = maxBlocks;
    const cells = readers * 16;
    this.#low = new Uint32Array(cells);
    this.#high = new Uint32Array(cells);
    this.#counts = new Uint32Array(cells);
    this.#open = new Uint32Array(cells);
  }

  /** @returns the number of the position's block; -1 when there is no room for it */
  numberOf(scope: number, major: number, minor: number): number {
    const known = this.find(scope, major, minor);
    if (known >= 0) return known;
    if (this.#blocks.length >= this.#maxBlocks) {
      this.overflowed += 1;
      return -1;
    }
    return this.#make(scope, major, minor);
  }

  /** @returns -1 for a position of no block */
  find(scope: number, major: number, minor: number): number {
    const blocks = this.#scopes.get(scope);
    if (blocks === undefined) return -1;
    const of = minor === 0 ? blocks.plain : blocks.minors.get(major);
    return of?.get(blockOf(minor === 0 ? major : minor)) ?? -1;
  }

  /** Adds a position that this reader had not seen before. */
  add(block: number, reader: number, low: number, high: number): void {
    const cell = block * this.#readers + reader;
    this.#low[cell] = (this.#low[cell] ?? 0) + low;
    this.#high[cell] = (this.#high[cell] ?? 0) + high;
    this.#counts[cell] = (this.#counts[cell] ?? 0) + 1;
  }

  /** As `add`, of so many at once whose hashes add up to these. */
  addRun(block: number, reader: number, low: number, high: number, count: number): void {
    this.add(block, reader, low, high);
    const cell = block * this.#readers + reader;
    this.#counts[cell] = (this.#counts[cell] ?? 0) + count - 1;
  }

  /** The reader saw so many positions whose messages are not remembered: its sum has to tell. */
  leaveOpen(block: number, reader: number, count = 1): void {
    const cell = block * this.#readers + reader;
    this.#open[cell] = (this.#open[cell] ?? 0) + count;
  }

  /** What the sums say of everything that was left open in the block. */
  compare(block: number): Comparison {
    const reference = block * this.#readers;
    let result: Comparison = (this.#open[reference] ?? 0) > 0 ? 'unknown' : 'equal';
    for (let cell = reference + 1; cell < reference + this.#readers; cell += 1) {
      if ((this.#open[cell] ?? 0) === 0) continue;
      if (this.#counts[cell] !== this.#counts[reference]) {
        result = 'unknown';
        continue;
      }
      const isEqual =
        this.#low[cell] === this.#low[reference] && this.#high[cell] === this.#high[reference];
      if (!isEqual) return 'different';
    }
    return result;
  }

  get size(): number {
    return this.#blocks.length;
  }

  at(block: number): Block {
    return this.#blocks[block] ?? { scope: 0, major: 0, firstMinor: -1 };
  }

  bytes(): number {
    return this.#low.byteLength * 4 + this.#blocks.length * 64;
  }

  #make(scope: number, major: number, minor: number): number {
    const number = this.#blocks.length;
    const blocks = this.#scopes.get(scope) ?? { plain: new Map(), minors: new Map() };
    this.#scopes.set(scope, blocks);
    const at = blockOf(minor === 0 ? major : minor);
    if (minor === 0) {
      blocks.plain.set(at, number);
      this.#blocks.push({ scope, major: at * blockPositions, firstMinor: -1 });
    } else {
      const ofMajor = blocks.minors.get(major) ?? new Map<number, number>();
      blocks.minors.set(major, ofMajor);
      ofMajor.set(at, number);
      this.#blocks.push({ scope, major, firstMinor: at * blockPositions });
    }
    if (this.#blocks.length * this.#readers > this.#low.length) this.#grow();
    return number;
  }

  #grow(): void {
    const cells = this.#low.length * 2;
    const grown = (from: Uint32Array): Uint32Array => {
      const into = new Uint32Array(cells);
      into.set(from);
      return into;
    };
    this.#low = grown(this.#low);
    this.#high = grown(this.#high);
    this.#counts = grown(this.#counts);
    this.#open = grown(this.#open);
  }
}

function blockOf(position: number): number {
  return Math.floor(position / blockPositions);
}

/** The position's place in its block. */
export function offsetInBlock(major: number, minor: number): number {
  return (minor === 0 ? major : minor) % blockPositions;
}

/** What knows the names, as the shared state does. */
type Named = { readonly nameOf: NameOf };

export function blockText({ nameOf }: Named, { scope, major, firstMinor }: Block): string {
  const [before, first] = firstMinor < 0 ? ['', major] : [`${major}.`, firstMinor];
  return `scope ${nameOf('scope', scope)}, positions ${before}${first} to ${before}${first + blockPositions - 1}`;
}

/** Half of a hash of a position and its message; two of them with different seeds are 64 bits. */
export function mixPlace(
  seed: number,
  major: number,
  minor: number,
  lane: number,
  seq: number,
): number {
  const place = mix(mix(mix(seed, major), major / 0x1_0000_0000), minor);
  return mix(mix(place, lane), seq);
}

function mix(hash: number, part: number): number {
  let mixed = Math.imul(hash ^ (part >>> 0), 0x85eb_ca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2_ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
