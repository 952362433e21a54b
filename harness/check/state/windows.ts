import { comparePositions, type Position } from '../../core/position.ts';

/**
 * What is remembered of recent messages only: direct-mapped tables whose slot is given by lane and seq,
 * so that neighbours in a lane never displace each other. A message that was displaced is `unknown`,
 * which weakens a finding to possible and never invents one.
 */
const defaultSlots = 1 << 16;

abstract class Window {
  protected readonly mask: number;
  readonly #lanes: Int32Array;
  readonly #seqs: Uint32Array;

  constructor(slots: number) {
    this.mask = slots - 1;
    this.#lanes = new Int32Array(slots).fill(-1);
    this.#seqs = new Uint32Array(slots);
  }

  protected slotOf(lane: number, seq: number): number {
    return (Math.imul(lane, 0x9e37_79b1) + seq) & this.mask;
  }

  protected holds(slot: number, lane: number, seq: number): boolean {
    return this.#lanes[slot] === lane && this.#seqs[slot] === seq;
  }

  protected isEmpty(slot: number): boolean {
    return this.#lanes[slot] === -1;
  }

  protected take(slot: number, lane: number, seq: number): void {
    this.#lanes[slot] = lane;
    this.#seqs[slot] = seq;
  }

  protected windowBytes(): number {
    return this.#lanes.byteLength + this.#seqs.byteLength;
  }
}

export type PlaceRelation = 'unknown' | 'same' | 'elsewhere' | 'other-scope';

/** The first place at which each recent message was seen. */
export class PlaceWindow extends Window {
  /** The furthest place of each scope that has been displaced. */
  readonly #displaced = new Map<number, Position>();
  readonly #scopes: Uint32Array;
  readonly #majors: Float64Array;
  readonly #minors: Uint32Array;

  constructor(slots = defaultSlots) {
    super(slots);
    this.#scopes = new Uint32Array(slots);
    this.#majors = new Float64Array(slots);
    this.#minors = new Uint32Array(slots);
  }

  relation(lane: number, seq: number, scope: number, major: number, minor: number): PlaceRelation {
    const slot = this.slotOf(lane, seq);
    if (!this.holds(slot, lane, seq)) return 'unknown';
    if (this.#scopes[slot] !== scope) return 'other-scope';
    return this.#majors[slot] === major && this.#minors[slot] === minor ? 'same' : 'elsewhere';
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
    const furthest = this.#displaced.get(scope);
    const isFurther = furthest === undefined || comparePositions({ major, minor }, furthest) > 0;
    return isFurther ? 'elsewhere' : 'unknown';
  }

  /** Keeps the first place of a message, displaces other messages. */
  remember(lane: number, seq: number, scope: number, major: number, minor: number): void {
    const slot = this.slotOf(lane, seq);
    if (this.holds(slot, lane, seq)) return;
    if (!this.isEmpty(slot)) this.#displace(slot);
    this.take(slot, lane, seq);
    this.#scopes[slot] = scope;
    this.#majors[slot] = major;
    this.#minors[slot] = minor;
  }

  #displace(slot: number): void {
    const scope = this.#scopes[slot] ?? 0;
    const place = { major: this.#majors[slot] ?? 0, minor: this.#minors[slot] ?? 0 };
    const furthest = this.#displaced.get(scope);
    if (furthest === undefined || comparePositions(place, furthest) > 0) {
      this.#displaced.set(scope, place);
    }
  }

  bytes(): number {
    return (
      this.windowBytes() +
      this.#scopes.byteLength +
      this.#majors.byteLength +
      this.#minors.byteLength
    );
  }
}

/** When recent messages were first settled, and in which session. */
export class AckWindow extends Window {
  readonly #times: Float64Array;
  readonly #sessions: Uint32Array;
  readonly #displaced: Float64Array;

  constructor(slots = defaultSlots) {
    super(slots);
    this.#times = new Float64Array(slots);
    this.#sessions = new Uint32Array(slots);
    this.#displaced = new Float64Array(slots).fill(-1);
  }

  remember(lane: number, seq: number, timeNs: number, session: number): void {
    const slot = this.slotOf(lane, seq);
    if (!this.isEmpty(slot)) this.#displaced[slot] = this.#times[slot] ?? 0;
    this.take(slot, lane, seq);
    this.#times[slot] = timeNs;
    this.#sessions[slot] = session;
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
    const times = this.holds(slot, lane, seq) ? this.#times : this.#displaced;
    return times[slot] ?? 0;
  }

  /** -1 when it is not remembered any more. */
  sessionOf(lane: number, seq: number): number {
    const slot = this.slotOf(lane, seq);
    return this.holds(slot, lane, seq) ? (this.#sessions[slot] ?? 0) : -1;
  }

  bytes(): number {
    return (
      this.windowBytes() +
      this.#times.byteLength +
      this.#sessions.byteLength +
      this.#displaced.byteLength
    );
  }
}
