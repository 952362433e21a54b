/** More than this in flight in one group is no in-flight table any more; checks that need it give up. */
const maxEntries = 1 << 21;

/** Bits of an entry. */
export const HoldFlag = {
  used: 1,
  /** Something happened that justifies a redelivery: requeue, end of the session, revocation, seek. */
  cause: 2,
  /** The holder has sent an acknowledgement whose effect is not known yet. */
  settling: 4,
} as const;

/**
 * The deliveries of one group that are neither settled nor superseded, keyed by message: a pool of
 * entries and an open-addressing index over it, in typed arrays, because this is touched twice for every
 * message. Entry numbers stay valid until the entry is removed.
 */
export class InFlight {
  #slots = new Int32Array(2048).fill(-1);
  #free: number[] = [];
  #used = 0;
  #high = 0;
  #overflowed = 0;
  lane = new Int32Array(1024);
  seq = new Uint32Array(1024);
  actor = new Uint16Array(1024);
  session = new Uint32Array(1024);
  leaseMs = new Float64Array(1024);
  /** When the holder's callback ran: the lease began at the latest then. */
  deliveredNs = new Float64Array(1024);
  /** The earliest instant at which the broker can have handed it out. */
  earliestNs = new Float64Array(1024);
  flags = new Uint8Array(1024);

  get size(): number {
    return this.#used;
  }

  /** Deliveries that found no room; while it is 0 the table is complete. */
  get overflowed(): number {
    return this.#overflowed;
  }

  /** @returns the entry of the message or -1 */
  find(lane: number, seq: number): number {
    const slot = this.#slotOf(lane, seq);
    return this.#slots[slot] ?? 0;
  }

  /** The message's entry, new or as it was, with its flags cleared; -1 when the table is full. */
  open(lane: number, seq: number): number {
    let slot = this.#slotOf(lane, seq);
    let entry = this.#slots[slot] ?? 0;
    if (entry < 0) {
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
    }
    this.flags[entry] = HoldFlag.used;
    return entry;
  }

  remove(lane: number, seq: number): void {
    let hole = this.#slotOf(lane, seq);
    const entry = this.#slots[hole] ?? 0;
    if (entry < 0) return;
    this.flags[entry] = 0;
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

  /** Visits the entries; `visit` may change flags but neither open nor remove. */
  each(visit: (entry: number) => void): void {
    for (let entry = 0; entry < this.#high; entry += 1) {
      if ((this.flags[entry] ?? 0) !== 0) visit(entry);
    }
  }

  bytes(): number {
    return this.#slots.byteLength + this.lane.length * 35;
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
    const copy = <T extends { set(from: T): void }>(into: T, from: T): T => {
      into.set(from);
      return into;
    };
    this.lane = copy(new Int32Array(capacity), this.lane);
    this.seq = copy(new Uint32Array(capacity), this.seq);
    this.actor = copy(new Uint16Array(capacity), this.actor);
    this.session = copy(new Uint32Array(capacity), this.session);
    this.leaseMs = copy(new Float64Array(capacity), this.leaseMs);
    this.deliveredNs = copy(new Float64Array(capacity), this.deliveredNs);
    this.earliestNs = copy(new Float64Array(capacity), this.earliestNs);
    this.flags = copy(new Uint8Array(capacity), this.flags);
    this.#slots = new Int32Array(capacity * 2).fill(-1);
    this.each((entry) => {
      const slot = this.#slotOf(this.lane[entry] ?? 0, this.seq[entry] ?? 0);
      this.#slots[slot] = entry;
    });
  }
}
