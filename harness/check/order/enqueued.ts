const unused = -1;

/**
 * When messages that nobody has dequeued yet were enqueued: an open-addressing table in typed arrays, keyed
 * by lane and seq. `startNs` is when the first send began. `endNs` is when the message was in the queue for
 * certain: infinite while no send was confirmed, and NaN where a confirmed message need not be visible.
 */
export class Enqueued {
  readonly #limit: number;
  #lanes = new Int32Array(2048).fill(unused);
  #seqs = new Uint32Array(2048);
  #startsNs = new Float64Array(2048);
  #endsNs = new Float64Array(2048);
  size = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** @returns false when there is no room */
  add(lane: number, seq: number, startNs: number): boolean {
    const slot = this.#slotOf(lane, seq);
    if (this.#lanes[slot] !== unused) return true;
    if (this.size >= this.#limit) return false;
    this.#fill(slot, lane, seq, startNs, Number.POSITIVE_INFINITY);
    this.size += 1;
    if (this.size * 2 > this.#lanes.length) this.#grow();
    return true;
  }

  /** A slot that is valid until the next change of the table, or -1. */
  find(lane: number, seq: number): number {
    const slot = this.#slotOf(lane, seq);
    return this.#lanes[slot] === unused ? -1 : slot;
  }

  startNs(slot: number): number {
    return this.#startsNs[slot] as number;
  }

  endNs(slot: number): number {
    return this.#endsNs[slot] as number;
  }

  confirm(slot: number, timeNs: number): void {
    if ((this.#endsNs[slot] as number) > timeNs) this.#endsNs[slot] = timeNs;
  }

  /** Nothing follows from when it was enqueued. */
  defer(slot: number): void {
    this.#endsNs[slot] = Number.NaN;
  }

  remove(slot: number): void {
    const mask = this.#lanes.length - 1;
    let hole = slot;
    this.#lanes[hole] = unused;
    this.size -= 1;
    for (let next = (hole + 1) & mask; this.#lanes[next] !== unused; next = (next + 1) & mask) {
      const home = this.#home(this.#lanes[next] as number, this.#seqs[next] as number);
      if (((next - home) & mask) < ((next - hole) & mask)) continue;
      this.#move(next, hole);
      this.#lanes[next] = unused;
      hole = next;
    }
  }

  each(visit: (lane: number, seq: number, endNs: number) => void): void {
    for (let slot = 0; slot < this.#lanes.length; slot += 1) {
      const lane = this.#lanes[slot] as number;
      if (lane !== unused) visit(lane, this.#seqs[slot] as number, this.#endsNs[slot] as number);
    }
  }

  #home(lane: number, seq: number): number {
    const mixed = Math.imul(lane, 0x9e37_79b1) ^ Math.imul(seq, 0x85eb_ca6b);
    return (mixed ^ (mixed >>> 15)) & (this.#lanes.length - 1);
  }

  #slotOf(lane: number, seq: number): number {
    const mask = this.#lanes.length - 1;
    let slot = this.#home(lane, seq);
    for (;;) {
      const at = this.#lanes[slot];
      if (at === unused || (at === lane && this.#seqs[slot] === seq)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #fill(slot: number, lane: number, seq: number, startNs: number, endNs: number): void {
    this.#lanes[slot] = lane;
    this.#seqs[slot] = seq;
    this.#startsNs[slot] = startNs;
    this.#endsNs[slot] = endNs;
  }

  #move(from: number, to: number): void {
    const [lane, seq] = [this.#lanes[from] as number, this.#seqs[from] as number];
    this.#fill(to, lane, seq, this.#startsNs[from] as number, this.#endsNs[from] as number);
  }

  #grow(): void {
    const [lanes, seqs, starts, ends] = [this.#lanes, this.#seqs, this.#startsNs, this.#endsNs];
    const capacity = lanes.length * 2;
    this.#lanes = new Int32Array(capacity).fill(unused);
    this.#seqs = new Uint32Array(capacity);
    this.#startsNs = new Float64Array(capacity);
    this.#endsNs = new Float64Array(capacity);
    lanes.forEach((lane, from) => {
      if (lane === unused) return;
      const seq = seqs[from] as number;
      this.#fill(this.#slotOf(lane, seq), lane, seq, starts[from] as number, ends[from] as number);
    });
  }
}
