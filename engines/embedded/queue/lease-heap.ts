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
      const parent = heap[above] as Lease<T>;
      if (parent.untilMs <= lease.untilMs) break;
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
      let below = at * 2 + 1;
      if (below >= heap.length) break;
      const right = heap[below + 1];
      if (right !== undefined && right.untilMs < (heap[below] as Lease<T>).untilMs) below += 1;
      const child = heap[below] as Lease<T>;
      if (child.untilMs >= last.untilMs) break;
      heap[at] = child;
      at = below;
    }
    heap[at] = last;
    return earliest;
  }
}
