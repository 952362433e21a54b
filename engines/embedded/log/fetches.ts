import type { IndexedBatch, Partition } from './partition.ts';
import type { PartitionOffset } from './entries.ts';

export interface FetchRequest {
  readonly topic: number;
  readonly positions: readonly PartitionOffset[];
  readonly maxMessages: number;
  readonly maxBytes: number;
  /** 0 answers at once, with nothing if there is nothing. */
  readonly maxWaitMs: number;
}

export interface FetchedBatch {
  readonly partition: number;
  readonly batch: IndexedBatch;
}

interface WaitingFetch {
  readonly session: number;
  readonly request: FetchRequest;
  readonly partitions: readonly Partition[];
  readonly deadlineMs: number;
  readonly answer: (batches: readonly FetchedBatch[]) => void;
}

/** Long polls: at most one per session, because a newer fetch answers the older one, empty. */
export class Fetches {
  readonly #bySession = new Map<number, WaitingFetch>();
  readonly #byPartition = new Map<Partition, Set<WaitingFetch>>();
  #turn = 0;

  fetch(
    session: number,
    request: FetchRequest,
    partitions: readonly Partition[],
    nowMs: number,
    answer: (batches: readonly FetchedBatch[]) => void,
  ): void {
    this.cancel(session);
    const found = this.#collect(request, partitions);
    if (found.length > 0 || request.maxWaitMs === 0 || partitions.length === 0) {
      answer(found);
      return;
    }
    const deadlineMs = nowMs + request.maxWaitMs;
    const waiting = { session, request, partitions, deadlineMs, answer };
    this.#bySession.set(session, waiting);
    for (const partition of partitions) {
      const set = this.#byPartition.get(partition) ?? new Set();
      set.add(waiting);
      this.#byPartition.set(partition, set);
    }
  }

  /** Called when readers may see more of a partition. */
  arrived(partition: Partition): void {
    for (const waiting of [...(this.#byPartition.get(partition) ?? [])]) {
      const found = this.#collect(waiting.request, waiting.partitions);
      if (found.length > 0) this.#finish(waiting, found);
    }
  }

  cancel(session: number): void {
    const waiting = this.#bySession.get(session);
    if (waiting !== undefined) this.#finish(waiting, []);
  }

  tick(nowMs: number): void {
    for (const waiting of [...this.#bySession.values()]) {
      if (waiting.deadlineMs <= nowMs) this.#finish(waiting, []);
    }
  }

  nextWakeMs(): number | undefined {
    let next: number | undefined;
    for (const { deadlineMs } of this.#bySession.values()) {
      next = next === undefined ? deadlineMs : Math.min(next, deadlineMs);
    }
    return next;
  }

  #finish(waiting: WaitingFetch, found: readonly FetchedBatch[]): void {
    this.#bySession.delete(waiting.session);
    for (const partition of waiting.partitions) {
      const set = this.#byPartition.get(partition);
      set?.delete(waiting);
      if (set?.size === 0) this.#byPartition.delete(partition);
    }
    waiting.answer(found);
  }

  /** Begins with another partition each time, so that a busy one cannot starve the rest. */
  #collect(request: FetchRequest, partitions: readonly Partition[]): FetchedBatch[] {
    const found: FetchedBatch[] = [];
    let messages = request.maxMessages;
    let bytes = request.maxBytes;
    this.#turn += 1;
    for (let step = 0; step < partitions.length && messages > 0 && bytes > 0; step += 1) {
      const which = (this.#turn + step) % partitions.length;
      const { partition, offset } = request.positions[which] as PartitionOffset;
      for (const batch of (partitions[which] as Partition).read(offset, messages, bytes)) {
        found.push({ partition, batch });
        messages -= batch.baseOffset + batch.count - Math.max(offset, batch.baseOffset);
        bytes -= batch.stored.length;
      }
    }
    return found;
  }
}
