const firstCapacity = 64;

/** The output at `outLane`, `outSeq` was made from the input at `inLane`, `inSeq`. */
export type VisitDerivation = (
  outLane: number,
  outSeq: number,
  inLane: number,
  inSeq: number,
) => void;

/**
 * Lists of outputs with the inputs that they were made from, in typed arrays. Outputs that follow each
 * other and were made from inputs that follow each other share one entry.
 */
export class DerivationPool {
  #outLane = new Int32Array(firstCapacity);
  #outFirst = new Uint32Array(firstCapacity);
  #inLane = new Int32Array(firstCapacity);
  #inFirst = new Uint32Array(firstCapacity);
  #length = new Uint32Array(firstCapacity);
  #next = new Int32Array(firstCapacity);
  readonly #free: number[] = [];
  #high = 0;

  /** @returns the head of the list with the output in it; a list begins with -1 */
  add(head: number, outLane: number, outSeq: number, inLane: number, inSeq: number): number {
    for (let at = head; at >= 0; at = this.#next[at] ?? -1) {
      if (this.#outLane[at] !== outLane || this.#inLane[at] !== inLane) continue;
      const step = outSeq - (this.#outFirst[at] ?? 0);
      if (step < 0 || inSeq - (this.#inFirst[at] ?? 0) !== step) continue;
      const length = this.#length[at] ?? 0;
      if (step < length) return head;
      if (step > length) continue;
      this.#length[at] = length + 1;
      return head;
    }
    const at = this.#free.pop() ?? this.#high++;
    if (at >= this.#outLane.length) this.#grow();
    this.#outLane[at] = outLane;
    this.#outFirst[at] = outSeq;
    this.#inLane[at] = inLane;
    this.#inFirst[at] = inSeq;
    this.#length[at] = 1;
    this.#next[at] = head;
    return at;
  }

  each(head: number, visit: VisitDerivation): void {
    for (let at = head; at >= 0; at = this.#next[at] ?? -1) {
      const length = this.#length[at] ?? 0;
      for (let step = 0; step < length; step += 1) {
        visit(
          this.#outLane[at] ?? 0,
          (this.#outFirst[at] ?? 0) + step,
          this.#inLane[at] ?? 0,
          (this.#inFirst[at] ?? 0) + step,
        );
      }
    }
  }

  release(head: number): void {
    for (let at = head; at >= 0; at = this.#next[at] ?? -1) this.#free.push(at);
  }

  bytes(): number {
    return this.#outLane.length * 24;
  }

  #grow(): void {
    const capacity = this.#outLane.length * 2;
    const copy = <T extends { set(from: T): void }>(into: T, from: T): T => {
      into.set(from);
      return into;
    };
    this.#outLane = copy(new Int32Array(capacity), this.#outLane);
    this.#outFirst = copy(new Uint32Array(capacity), this.#outFirst);
    this.#inLane = copy(new Int32Array(capacity), this.#inLane);
    this.#inFirst = copy(new Uint32Array(capacity), this.#inFirst);
    this.#length = copy(new Uint32Array(capacity), this.#length);
    this.#next = copy(new Int32Array(capacity), this.#next);
  }
}
