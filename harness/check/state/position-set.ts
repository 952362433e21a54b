import { comparePositions, type Position } from '../../core/position.ts';
import { bitsOfRun, nextWord, popcount32 } from './planes.ts';

/** Positions of one page: 32 words, so that a scope of few entries costs little. */
const pageBits = 10;
const pagePositions = 1 << pageBits;
const pageWords = pagePositions / 32;
/** Pages are views of slabs, because an ArrayBuffer of its own costs more than a page holds. */
const slabPages = 256;
/** 64 MiB of bits: half a thousand million positions if they are dense, half a million if none is near another. */
const defaultPages = 1 << 19;

interface Page {
  /** Of its positions; their minors begin at `firstMinor`, or -1 where their majors begin at `major`. */
  readonly major: number;
  readonly firstMinor: number;
  readonly words: Uint32Array;
}

interface ScopePages {
  /** Positions without a minor, by `major >> pageBits`. */
  readonly plain: Map<number, Page>;
  /** Positions with a minor, by major and `minor >> pageBits`. */
  readonly minors: Map<number, Map<number, Page>>;
  last: Page | undefined;
}

export type VisitPosition = (major: number, minor: number) => void;

/**
 * A set of positions in scopes, one bit each. Offsets and entries of ledgers are dense and cost a bit;
 * positions that are far from each other cost a page each, and those beyond the last page are counted as
 * `overflowed` and forgotten.
 */
export class PositionSet {
  size = 0;
  overflowed = 0;
  readonly #maxPages: number;
  readonly #scopes = new Map<number, ScopePages>();
  #pages = 0;
  #slab = new Uint32Array(0);
  #slabUsed = 0;
  #slabs = 0;
  #lastScope = -1;
  #lastPages: ScopePages | undefined;

  constructor(maxPages = defaultPages) {
    this.#maxPages = maxPages;
  }

  /** @returns whether this call added it: false when it was there already or found no room */
  add(scope: number, major: number, minor: number): boolean {
    const page = this.#find(scope, major, minor) ?? this.#make(scope, major, minor);
    if (page === undefined) {
      this.overflowed += 1;
      return false;
    }
    const bit = (page.firstMinor < 0 ? major : minor) & (pagePositions - 1);
    const before = page.words[bit >>> 5] ?? 0;
    const after = (before | (1 << (bit & 31))) >>> 0;
    if (before === after) return false;
    page.words[bit >>> 5] = after;
    this.size += 1;
    return true;
  }

  /** Whether so many positions in a row find room, wherever they are. */
  hasRoomFor(count: number): boolean {
    return this.#maxPages - this.#pages >= count / pagePositions + 1;
  }

  /** Adds so many positions without a minor, from that major on. */
  addRun(scope: number, first: number, count: number): void {
    for (let major = first; major < first + count; major = nextWord(major)) {
      const page = this.#find(scope, major, 0) ?? this.#make(scope, major, 0);
      const bits = bitsOfRun(major, first + count);
      if (page === undefined) {
        this.overflowed += popcount32(bits);
        continue;
      }
      const at = (major & (pagePositions - 1)) >>> 5;
      const before = page.words[at] ?? 0;
      page.words[at] = before | bits;
      this.size += popcount32(bits & ~before);
    }
  }

  /** How many of so many positions without a minor, from that major on, it has. */
  countRun(scope: number, first: number, count: number): number {
    let total = 0;
    for (let major = first; major < first + count; major = nextWord(major)) {
      const words = this.#find(scope, major, 0)?.words;
      const at = (major & (pagePositions - 1)) >>> 5;
      total += popcount32((words?.[at] ?? 0) & bitsOfRun(major, first + count));
    }
    return total;
  }

  has(scope: number, major: number, minor: number): boolean {
    const page = this.#find(scope, major, minor);
    if (page === undefined) return false;
    const bit = (page.firstMinor < 0 ? major : minor) & (pagePositions - 1);
    return (((page.words[bit >>> 5] ?? 0) >>> (bit & 31)) & 1) === 1;
  }

  /** Visits every position of the scope that `other` lacks, those of one page in ascending order. */
  eachMissingFrom(other: PositionSet, scope: number, visit: VisitPosition): void {
    const pages = this.#scopes.get(scope);
    const look = (page: Page): void => {
      const { major, firstMinor, words } = page;
      // A page of minors holds no minor 0, which stands on a page of majors.
      const theirs = other.#find(scope, major, firstMinor + 1)?.words;
      eachOn(page, (word) => (words[word] ?? 0) & ~(theirs?.[word] ?? 0), visit);
    };
    pages?.plain.forEach(look);
    pages?.minors.forEach((ofMajor) => ofMajor.forEach(look));
  }

  /** Visits every position of the scope after the one and before the other. */
  eachBetween(scope: number, after: Position, before: Position, visit: VisitPosition): void {
    const pages = this.#scopes.get(scope);
    if (pages === undefined) return;
    const look = (page: Page): void => {
      const { words } = page;
      const within: VisitPosition = (major, minor) => {
        if (comparePositions({ major, minor }, after) <= 0) return;
        if (comparePositions({ major, minor }, before) < 0) visit(major, minor);
      };
      eachOn(page, (word) => words[word] ?? 0, within);
    };
    eachKeyed(pages.plain, pageOf(after.major), pageOf(before.major), look);
    eachKeyed(pages.minors, after.major, before.major, (ofMajor) => ofMajor.forEach(look));
  }

  scopes(): readonly number[] {
    return [...this.#scopes.keys()];
  }

  bytes(): number {
    return this.#slabs * slabPages * pageWords * 4;
  }

  #scopeOf(scope: number): ScopePages | undefined {
    if (this.#lastScope === scope) return this.#lastPages;
    this.#lastScope = scope;
    this.#lastPages = this.#scopes.get(scope);
    return this.#lastPages;
  }

  #find(scope: number, major: number, minor: number): Page | undefined {
    const pages = this.#scopeOf(scope);
    if (pages === undefined) return undefined;
    const { last } = pages;
    if (last !== undefined && isOnPage(last, major, minor)) return last;
    const page =
      minor === 0
        ? pages.plain.get(pageOf(major))
        : pages.minors.get(major)?.get(minor >>> pageBits);
    pages.last = page ?? last;
    return page;
  }

  #make(scope: number, major: number, minor: number): Page | undefined {
    if (this.#pages >= this.#maxPages) return undefined;
    let pages = this.#scopes.get(scope);
    if (pages === undefined) {
      pages = { plain: new Map(), minors: new Map(), last: undefined };
      this.#scopes.set(scope, pages);
      this.#lastScope = -1;
    }
    this.#pages += 1;
    const words = this.#words();
    if (minor === 0) {
      const at = pageOf(major);
      const page = { major: at * pagePositions, firstMinor: -1, words };
      pages.plain.set(at, page);
      return page;
    }
    const at = minor >>> pageBits;
    const page = { major, firstMinor: at * pagePositions, words };
    const ofMajor = pages.minors.get(major) ?? new Map<number, Page>();
    pages.minors.set(major, ofMajor);
    ofMajor.set(at, page);
    return page;
  }

  #words(): Uint32Array {
    if (this.#slabUsed === this.#slab.length) {
      this.#slab = new Uint32Array(slabPages * pageWords);
      this.#slabUsed = 0;
      this.#slabs += 1;
    }
    const words = this.#slab.subarray(this.#slabUsed, this.#slabUsed + pageWords);
    this.#slabUsed += pageWords;
    return words;
  }
}

function pageOf(major: number): number {
  return Math.floor(major / pagePositions);
}

function isOnPage({ major: first, firstMinor }: Page, major: number, minor: number): boolean {
  if (firstMinor < 0) return minor === 0 && major >= first && major < first + pagePositions;
  return minor !== 0 && major === first && minor >>> pageBits === firstMinor >>> pageBits;
}

/** Visits the positions whose bits `wordAt` gives. */
function eachOn(page: Page, wordAt: (word: number) => number, visit: VisitPosition): void {
  const { major, firstMinor } = page;
  for (let word = 0; word < pageWords; word += 1) {
    let rest = wordAt(word);
    while (rest !== 0) {
      const bit = word * 32 + 31 - Math.clz32(rest & -rest);
      rest &= rest - 1;
      if (firstMinor < 0) visit(major + bit, 0);
      else visit(major, firstMinor + bit);
    }
  }
}

/** Values of keys from `first` to `last`, by whichever are fewer: the keys between, or those that there are. */
function eachKeyed<T>(
  map: ReadonlyMap<number, T>,
  first: number,
  last: number,
  visit: (value: T) => void,
): void {
  if (last - first > map.size) {
    for (const [key, value] of map) if (key >= first && key <= last) visit(value);
    return;
  }
  for (let key = first; key <= last; key += 1) {
    const value = map.get(key);
    if (value !== undefined) visit(value);
  }
}
