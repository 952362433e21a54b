const defaultSlots = 1 << 15;
/** 32 bytes a slot, so that looking at one touches one cache line. */
const slotWords = 8;
const slotDoubles = 4;
const minorWord = 1;
const laneWord = 4;
const seqWord = 5;
const majorDouble = 1;

/** Which message was seen first at each recent position: a direct-mapped table, its neighbours side by side. */
export class PositionWindow {
  /** The message at the position, after `look` has found it. */
  lane = -1;
  seq = 0;
  readonly #mask: number;
  readonly #words: Uint32Array;
  readonly #doubles: Float64Array;

  constructor(slots = defaultSlots) {
    this.#mask = slots - 1;
    this.#words = new Uint32Array(slots * slotWords);
    this.#doubles = new Float64Array(this.#words.buffer);
  }

  /** @returns whether the position is remembered */
  look(scope: number, major: number, minor: number): boolean {
    const slot = this.#slotOf(scope, major, minor);
    const word = slot * slotWords;
    const isHeld =
      this.#words[word] === scope + 1 &&
      this.#words[word + minorWord] === minor &&
      this.#doubles[slot * slotDoubles + majorDouble] === major;
    if (!isHeld) return false;
    this.lane = this.#words[word + laneWord] ?? 0;
    this.seq = this.#words[word + seqWord] ?? 0;
    return true;
  }

  /** Displaces another position. */
  remember(scope: number, major: number, minor: number, lane: number, seq: number): void {
    const slot = this.#slotOf(scope, major, minor);
    const word = slot * slotWords;
    this.#words[word] = scope + 1;
    this.#words[word + minorWord] = minor;
    this.#words[word + laneWord] = lane;
    this.#words[word + seqWord] = seq;
    this.#doubles[slot * slotDoubles + majorDouble] = major;
  }

  bytes(): number {
    return this.#words.byteLength;
  }

  #slotOf(scope: number, major: number, minor: number): number {
    const mixed = Math.imul(scope, 0x9e37_79b1) + Math.imul(minor, 0x85eb_ca6b);
    return (mixed + (major >>> 0)) & this.#mask;
  }
}
