const defaultSlots = 1 << 15;
const firstSlots = 1 << 7;
const growth = 4;
/** 32 bytes a slot, so that looking at one touches one cache line. */
const slotWords = 8;
const slotDoubles = 4;
const minorWord = 1;
const laneWord = 4;
const seqWord = 5;
const majorDouble = 1;

/** Which message was seen first at each recent position: a direct-mapped table, its neighbours side by side. It grows as `Window` does. */
export class PositionWindow {
  /** The message at the position, after `look` has found it. */
  lane = -1;
  seq = 0;
  readonly #most: number;
  /** Slots less one. */
  #mask: number;
  #words: Uint32Array;
  #doubles: Float64Array;

  constructor(slots = defaultSlots) {
    this.#most = slots;
    this.#mask = Math.min(slots, firstSlots) - 1;
    this.#words = new Uint32Array((this.#mask + 1) * slotWords);
    this.#doubles = new Float64Array(this.#words.buffer);
  }

  /** @returns whether the position is remembered */
  look(scope: number, major: number, minor: number): boolean {
    const slot = this.#slotOf(scope, major, minor);
    if (!this.#holds(slot, scope, major, minor)) return false;
    const word = slot * slotWords;
    this.lane = this.#words[word + laneWord] ?? 0;
    this.seq = this.#words[word + seqWord] ?? 0;
    return true;
  }

  /** Whether at none of so many positions from that major on another message is remembered than that of the run. */
  agrees(scope: number, major: number, lane: number, seq: number, count: number): boolean {
    for (let at = 0; at < count; at += 1) {
      const isKnown = this.look(scope, major + at, 0);
      if (isKnown && (this.lane !== lane || this.seq !== seq + at)) return false;
    }
    return true;
  }

  /** Displaces another position where the table has grown as far as it may. */
  remember(scope: number, major: number, minor: number, lane: number, seq: number): void {
    let slot = this.#slotOf(scope, major, minor);
    while (this.#mask + 1 < this.#most && this.#isOthers(slot, scope, major, minor)) {
      this.#grow();
      slot = this.#slotOf(scope, major, minor);
    }
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

  #holds(slot: number, scope: number, major: number, minor: number): boolean {
    const word = slot * slotWords;
    return (
      this.#words[word] === scope + 1 &&
      this.#words[word + minorWord] === minor &&
      this.#doubles[slot * slotDoubles + majorDouble] === major
    );
  }

  #isOthers(slot: number, scope: number, major: number, minor: number): boolean {
    return this.#words[slot * slotWords] !== 0 && !this.#holds(slot, scope, major, minor);
  }

  #grow(): void {
    const words = this.#words;
    const doubles = this.#doubles;
    const slots = Math.min(this.#most, (this.#mask + 1) * growth);
    this.#mask = slots - 1;
    this.#words = new Uint32Array(slots * slotWords);
    this.#doubles = new Float64Array(this.#words.buffer);
    for (let word = 0; word < words.length; word += slotWords) {
      const scope = words[word] as number;
      if (scope === 0) continue;
      const major = doubles[word / 2 + majorDouble] as number;
      const into = this.#slotOf(scope - 1, major, words[word + minorWord] as number) * slotWords;
      for (let at = 0; at < slotWords; at += 1) this.#words[into + at] = words[word + at] as number;
    }
  }

  #slotOf(scope: number, major: number, minor: number): number {
    const mixed = Math.imul(scope, 0x9e37_79b1) + Math.imul(minor, 0x85eb_ca6b);
    return (mixed + (major >>> 0)) & this.#mask;
  }
}
