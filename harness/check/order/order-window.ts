const slots = 1 << 16;

/** The order in which one group had its latest 65,536 messages for the first time; direct-mapped. */
export class OrderWindow {
  readonly #lanes = new Int32Array(slots).fill(-1);
  readonly #seqs = new Uint32Array(slots);
  readonly #sessions = new Uint32Array(slots);
  readonly #indexes = new Float64Array(slots);
  #next = 0;

  /** @returns its index in the group's order */
  remember(lane: number, seq: number, session: number): number {
    const slot = slotOf(lane, seq);
    this.#lanes[slot] = lane;
    this.#seqs[slot] = seq;
    this.#sessions[slot] = session;
    this.#indexes[slot] = this.#next;
    this.#next += 1;
    return this.#next - 1;
  }

  /** -1: it has not been seen, or not lately. */
  indexOf(lane: number, seq: number): number {
    const slot = slotOf(lane, seq);
    const isHeld = this.#lanes[slot] === lane && this.#seqs[slot] === seq;
    return isHeld ? (this.#indexes[slot] as number) : -1;
  }

  /** Of a message that `indexOf` knows. */
  sessionOf(lane: number, seq: number): number {
    return this.#sessions[slotOf(lane, seq)] as number;
  }
}

function slotOf(lane: number, seq: number): number {
  return (Math.imul(lane, 0x9e37_79b1) + seq) & (slots - 1);
}
