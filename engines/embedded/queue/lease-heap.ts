/** One lease that was granted. It is stale once its message has been deleted, released or leased anew. */
export interface Lease<T> {
  readonly untilMs: number;
  readonly item: T;
}

/** Leases by their end, earliest first: a binary heap, because each lease may have its own length. */
export class LeaseHeap<T> {
  readonly #heap: Lease<T>[] = [];

  get earliest(): Lease<T> | undefined {
    return this.#heap[0];
  }

  get size(): number {
    return this.#heap.length;
  }

  push(lease: Lease<T>): void {
    const heap = this.#heap;
    let at = heap.length;
    while (at > 0) {
      const above = (at - 1) >>> 1;
      const parent = heap[above];
      if (parent === undefined || parent.untilMs <= lease.untilMs) break;
      heap[at] = parent;
      at = above;
    }
    heap[at] = lease;
  }

  pop(): Lease<T> | undefined {
    const heap = this.#heap;
    const earliest = heap[0];
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return earliest;
    let at = 0;
    for (;;) {
      const left = at * 2 + 1;
      const first = heap[left];
      if (first === undefined) break;
      const second = heap[left + 1];
      const isSecond = second !== undefined && second.untilMs < first.untilMs;
      const child = isSecond ? second : first;
      if (child.untilMs >= last.untilMs) break;
      heap[at] = child;
      at = isSecond ? left + 1 : left;
    }
    heap[at] = last;
    return earliest;
  }
}
