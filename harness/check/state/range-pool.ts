const firstCapacity = 256;

/** A run of messages of one lane, and the group that it is about where there is one. */
export type VisitRange = (lane: number, first: number, end: number, group: number) => void;

/**
 * Lists of message ranges in typed arrays: what a transaction writes is dense in each lane, so that a list
 * is as long as the transaction has lanes, and extending it allocates nothing. A list is named by its
 * head, -1 while it is empty.
 */
export class RangePool {
  #lane = new Int32Array(firstCapacity);
  #group = new Uint16Array(firstCapacity);
  #first = new Uint32Array(firstCapacity);
  #end = new Float64Array(firstCapacity);
  #next = new Int32Array(firstCapacity);
  readonly #free: number[] = [];
  #high = 0;

  has(head: number, lane: number, seq: number): boolean {
    for (let at = head; at >= 0; at = this.#next[at] ?? -1) {
      if (this.#lane[at] === lane && this.#covers(at, seq)) return true;
    }
    return false;
  }

  /** @returns the head of the list with the message in it */
  add(head: number, lane: number, seq: number, group: number): number {
    for (let at = head; at >= 0; at = this.#next[at] ?? -1) {
      if (this.#lane[at] !== lane || this.#group[at] !== group) continue;
      if (this.#covers(at, seq)) return head;
      if (this.#end[at] === seq) {
        this.#end[at] = seq + 1;
        return head;
      }
    }
    const at = this.#free.pop() ?? this.#high++;
    if (at >= this.#lane.length) this.#grow();
    this.#lane[at] = lane;
    this.#group[at] = group;
    this.#first[at] = seq;
    this.#end[at] = seq + 1;
    this.#next[at] = head;
    return at;
  }

  each(head: number, visit: VisitRange): void {
    for (let at = head; at >= 0; at = this.#next[at] ?? -1) {
      visit(this.#lane[at] ?? 0, this.#first[at] ?? 0, this.#end[at] ?? 0, this.#group[at] ?? 0);
    }
  }

  release(head: number): void {
    for (let at = head; at >= 0; at = this.#next[at] ?? -1) this.#free.push(at);
  }

  bytes(): number {
    return this.#lane.length * 22;
  }

  #covers(at: number, seq: number): boolean {
    return seq >= (this.#first[at] ?? 0) && seq < (this.#end[at] ?? 0);
  }

  #grow(): void {
    const capacity = this.#lane.length * 2;
    const copy = <T extends { set(from: T): void }>(into: T, from: T): T => {
      into.set(from);
      return into;
    };
    this.#lane = copy(new Int32Array(capacity), this.#lane);
    this.#group = copy(new Uint16Array(capacity), this.#group);
    this.#first = copy(new Uint32Array(capacity), this.#first);
    this.#end = copy(new Float64Array(capacity), this.#end);
    this.#next = copy(new Int32Array(capacity), this.#next);
  }
}

/** Visits the words of 32 messages that a range touches, with the bits of the range in each. */
export function eachWordOf(
  first: number,
  end: number,
  visit: (word: number, mask: number) => void,
): void {
  for (let word = first >>> 5; word * 32 < end; word += 1) {
    const below = Math.min(32, end - word * 32);
    const upTo = below >= 32 ? -1 : (1 << below) - 1;
    const from = Math.max(0, first - word * 32);
    visit(word, upTo & ~((1 << from) - 1));
  }
}
