export interface Ranked<T> {
  readonly rank: number;
  readonly item: T;
}

interface Entry<T> extends Ranked<T> {
  /** How many came before it. */
  readonly turn: number;
}

/**
 * A binary heap: lowest rank first, and of equal ranks the one that came first. Nothing can be taken out
 * of the middle; who puts items in tells stale ones when they come up.
 */
export class RankedHeap<T> {
  readonly #heap: Entry<T>[] = [];
  #turns = 0;

  get first(): Ranked<T> | undefined {
    return this.#heap[0];
  }

  get size(): number {
    return this.#heap.length;
  }

  push(rank: number, item: T): void {
    const heap = this.#heap;
    const entry = { rank, item, turn: this.#turns };
    this.#turns += 1;
    let at = heap.length;
    while (at > 0) {
      const above = (at - 1) >>> 1;
      const parent = heap[above];
      if (parent === undefined || !isBefore(entry, parent)) break;
      heap[at] = parent;
      at = above;
    }
    heap[at] = entry;
  }

  pop(): Ranked<T> | undefined {
    const heap = this.#heap;
    const lowest = heap[0];
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return lowest;
    let at = 0;
    for (;;) {
      const left = at * 2 + 1;
      const first = heap[left];
      if (first === undefined) break;
      const second = heap[left + 1];
      const isSecond = second !== undefined && isBefore(second, first);
      const child = isSecond ? second : first;
      if (!isBefore(child, last)) break;
      heap[at] = child;
      at = isSecond ? left + 1 : left;
    }
    heap[at] = last;
    return lowest;
  }
}

function isBefore<T>(a: Entry<T>, b: Entry<T>): boolean {
  return a.rank < b.rank || (a.rank === b.rank && a.turn < b.turn);
}
