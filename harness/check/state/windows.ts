import { comparePositions, type Position } from '../../core/position.ts';

/**
 * What is remembered of recent messages only: direct-mapped tables whose slot is given by lane and seq,
 * so that neighbours in a lane never displace each other. A message that was displaced is `unknown`,
 * which weakens a finding to possible and never invents one.
 *
 * A slot is 32 bytes, so that looking at one touches one cache line: word 0 is the lane index plus one
 * (0: empty), word 1 the seq; what the others hold is each table's.
 *
 * A table begins small and grows rather than displace a message, up to its slots: what is remembered is the
 * same as if it had had them from the beginning, and a short history costs little.
 */
const defaultSlots = 1 << 15;
const firstSlots = 1 << 7;
/** At a time; a power of two, so that who stood in different slots still does. */
const growth = 4;
export const slotWords = 8;
export const slotDoubles = 4;

export abstract class Window {
  protected words: Uint32Array;
  protected doubles: Float64Array;
  readonly #most: number;
  /** Slots less one. */
  #mask: number;

  /** @param slots that it has at the most, a power of two */
  constructor(slots: number) {
    this.#most = slots;
    this.#mask = Math.min(slots, firstSlots) - 1;
    this.words = new Uint32Array((this.#mask + 1) * slotWords);
    this.doubles = new Float64Array(this.words.buffer);
  }

  bytes(): number {
    return this.words.byteLength;
  }

  protected slotOf(lane: number, seq: number): number {
    return (Math.imul(lane, 0x9e37_79b1) + seq) & this.#mask;
  }

  protected holds(slot: number, lane: number, seq: number): boolean {
    const word = slot * slotWords;
    return this.words[word] === lane + 1 && this.words[word + 1] === seq;
  }

  protected isEmpty(slot: number): boolean {
    return this.words[slot * slotWords] === 0;
  }

  /** Where the message stands from now on; while the table may grow, nobody else stands there. */
  protected roomFor(lane: number, seq: number): number {
    let slot = this.slotOf(lane, seq);
    while (this.#mask + 1 < this.#most && !this.isEmpty(slot) && !this.holds(slot, lane, seq)) {
      this.#grow();
      slot = this.slotOf(lane, seq);
    }
    return slot;
  }

  protected take(slot: number, lane: number, seq: number): void {
    const word = slot * slotWords;
    this.words[word] = lane + 1;
    this.words[word + 1] = seq;
  }

  #grow(): void {
    const { words } = this;
    const slots = Math.min(this.#most, (this.#mask + 1) * growth);
    this.#mask = slots - 1;
    this.words = new Uint32Array(slots * slotWords);
    this.doubles = new Float64Array(this.words.buffer);
    for (let word = 0; word < words.length; word += slotWords) {
      const lane = words[word] as number;
      if (lane === 0) continue;
      const into = this.slotOf(lane - 1, words[word + 1] as number) * slotWords;
      for (let at = 0; at < slotWords; at += 1) this.words[into + at] = words[word + at] as number;
    }
  }
}

export type PlaceRelation = 'unknown' | 'same' | 'elsewhere' | 'other-scope';

const scopeWord = 2;
const minorWord = 3;
const majorDouble = 2;
/** Scopes whose furthest displaced place stands in an array; beyond them in a map. */
const listedScopes = 4_096;

/** The first place at which each recent message was seen. */
export class PlaceWindow extends Window {
  /** The furthest place of each scope that has been displaced. */
  readonly #displaced: FurthestPlaces | undefined;

  /** @param asks whether anybody asks for the relation of what was displaced */
  constructor(asks: 'relation' | 'relationOfKnown', slots = defaultSlots) {
    super(slots);
    this.#displaced = asks === 'relation' ? undefined : new FurthestPlaces();
  }

  relation(lane: number, seq: number, scope: number, major: number, minor: number): PlaceRelation {
    const slot = this.slotOf(lane, seq);
    if (!this.holds(slot, lane, seq)) return 'unknown';
    const word = slot * slotWords;
    if (this.words[word + scopeWord] !== scope) return 'other-scope';
    const isSame =
      this.doubles[slot * slotDoubles + majorDouble] === major &&
      this.words[word + minorWord] === minor;
    return isSame ? 'same' : 'elsewhere';
  }

  /** Of so many messages of a lane, at as many positions without a minor: whether any is known at another one. */
  isAnyElsewhere(lane: number, seq: number, count: number, scope: number, major: number): boolean {
    for (let at = 0; at < count; at += 1) {
      const relation = this.relation(lane, seq + at, scope, major + at, 0);
      if (relation === 'elsewhere' || relation === 'other-scope') return true;
    }
    return false;
  }

  /** The scope of the message's first place; -1 when it is not remembered. */
  scopeOf(lane: number, seq: number): number {
    const slot = this.slotOf(lane, seq);
    return this.holds(slot, lane, seq) ? (this.words[slot * slotWords + scopeWord] as number) : -1;
  }

  /**
   * As `relation`, for a message that certainly was remembered once: if it is not any more, and its place
   * is further than every displaced one of the scope, then it is not the one that it had.
   */
  relationOfKnown(
    lane: number,
    seq: number,
    scope: number,
    major: number,
    minor: number,
  ): PlaceRelation {
    const relation = this.relation(lane, seq, scope, major, minor);
    if (relation !== 'unknown') return relation;
    return this.#displaced?.isBefore(scope, major, minor) === true ? 'elsewhere' : 'unknown';
  }

  /** Whether the message stands before the position of that scope; undefined if it is not remembered. */
  isBefore(lane: number, seq: number, scope: number, position: Position): boolean | undefined {
    const slot = this.slotOf(lane, seq);
    if (!this.holds(slot, lane, seq)) return undefined;
    const word = slot * slotWords;
    if (this.words[word + scopeWord] !== scope) return false;
    const major = this.doubles[slot * slotDoubles + majorDouble] as number;
    const minor = this.words[word + minorWord] as number;
    return comparePositions({ major, minor }, position) < 0;
  }

  /** Keeps the first place of a message, displaces other messages. */
  remember(lane: number, seq: number, scope: number, major: number, minor: number): void {
    const slot = this.roomFor(lane, seq);
    if (this.holds(slot, lane, seq)) return;
    const word = slot * slotWords;
    const double = slot * slotDoubles + majorDouble;
    if (this.#displaced !== undefined && !this.isEmpty(slot)) {
      this.#displaced.raise(
        this.words[word + scopeWord] as number,
        this.doubles[double] as number,
        this.words[word + minorWord] as number,
      );
    }
    this.take(slot, lane, seq);
    this.words[word + scopeWord] = scope;
    this.words[word + minorWord] = minor;
    this.doubles[double] = major;
  }

  /** As `remember`, for so many messages of a lane at as many positions without a minor. */
  rememberRun(lane: number, seq: number, count: number, scope: number, major: number): void {
    for (let at = 0; at < count; at += 1) this.remember(lane, seq + at, scope, major + at, 0);
  }
}

/** The furthest of the places that were raised, by scope. */
class FurthestPlaces {
  #majors = new Float64Array(16).fill(-1);
  #minors = new Uint32Array(16);
  readonly #beyond = new Map<number, Position>();

  /** Whether every raised place of the scope stands before this one. */
  isBefore(scope: number, major: number, minor: number): boolean {
    if (scope >= listedScopes) {
      const furthest = this.#beyond.get(scope);
      return furthest === undefined || comparePositions({ major, minor }, furthest) > 0;
    }
    const known = this.#majors[scope] ?? -1;
    return major > known || (major === known && minor > (this.#minors[scope] ?? 0));
  }

  raise(scope: number, major: number, minor: number): void {
    if (!this.isBefore(scope, major, minor)) return;
    if (scope >= listedScopes) {
      this.#beyond.set(scope, { major, minor });
      return;
    }
    if (scope >= this.#majors.length) this.#grow(scope);
    this.#majors[scope] = major;
    this.#minors[scope] = minor;
  }

  #grow(scope: number): void {
    const capacity = Math.min(listedScopes, Math.max(scope + 1, this.#majors.length * 2));
    const majors = new Float64Array(capacity).fill(-1);
    majors.set(this.#majors);
    this.#majors = majors;
    const minors = new Uint32Array(capacity);
    minors.set(this.#minors);
    this.#minors = minors;
  }
}

const sessionWord = 2;
const timeDouble = 2;
/** When the message that was displaced last was settled, plus one, so that 0 is none. */
const displacedDouble = 3;

/** When recent messages were first settled, and in which session. */
export class AckWindow extends Window {
  constructor(slots = defaultSlots) {
    super(slots);
  }

  remember(lane: number, seq: number, timeNs: number, session: number): void {
    const slot = this.roomFor(lane, seq);
    const double = slot * slotDoubles;
    if (!this.isEmpty(slot)) {
      this.doubles[double + displacedDouble] = (this.doubles[double + timeDouble] as number) + 1;
    }
    this.take(slot, lane, seq);
    this.words[slot * slotWords + sessionWord] = session;
    this.doubles[double + timeDouble] = timeNs;
  }

  has(lane: number, seq: number): boolean {
    return this.holds(this.slotOf(lane, seq), lane, seq);
  }

  /**
   * The latest instant at which a settled message can have been settled: exact while it is remembered,
   * then the time of the last one displaced from its slot, because times only grow.
   */
  latestNs(lane: number, seq: number): number {
    const slot = this.slotOf(lane, seq);
    const double = slot * slotDoubles;
    if (this.holds(slot, lane, seq)) return this.doubles[double + timeDouble] as number;
    return (this.doubles[double + displacedDouble] as number) - 1;
  }

  /** -1 when it is not remembered any more. */
  sessionOf(lane: number, seq: number): number {
    const slot = this.slotOf(lane, seq);
    if (!this.holds(slot, lane, seq)) return -1;
    return this.words[slot * slotWords + sessionWord] as number;
  }
}
