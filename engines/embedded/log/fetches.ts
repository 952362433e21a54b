import type { IndexedBatch, Isolation, Partition } from './partition.ts';
import { Status } from '../protocol/protocol.ts';
import type { PartitionOffset } from './entries.ts';
import { type Refused, unknownPartition } from './refusals.ts';

export interface FetchRequest {
  readonly topic: number;
  readonly positions: readonly PartitionOffset[];
  readonly maxMessages: number;
  readonly maxBytes: number;
  /** 0 answers at once, with nothing if there is nothing. */
  readonly maxWaitMs: number;
  readonly isolation: Isolation;
}

export interface FetchedBatch {
  readonly partition: number;
  readonly batch: IndexedBatch;
}

/** A position of the request with the partition it speaks of. */
export interface FetchSource extends PartitionOffset {
  readonly from: Partition;
}

/** Where a request reads, or why it cannot. */
export function sourcesOf(
  request: FetchRequest,
  partitions: readonly Partition[],
): { readonly status: typeof Status.ok; readonly sources: readonly FetchSource[] } | Refused {
  const sources: FetchSource[] = [];
  for (const { partition, offset } of request.positions) {
    const from = partitions[partition];
    if (from === undefined) return unknownPartition;
    if (offset > from.end) {
      const reason = `offset ${offset} of partition ${partition} is beyond its end ${from.end}`;
      return { status: Status.offsetOutOfRange, reason };
    }
    if (offset < from.start) {
      const reason = `offset ${offset} of partition ${partition} was removed, it begins at ${from.start}`;
      return { status: Status.offsetOutOfRange, reason };
    }
    sources.push({ partition, offset, from });
  }
  return { status: Status.ok, sources };
}

interface WaitingFetch {
  readonly session: number;
  readonly request: FetchRequest;
  readonly sources: readonly FetchSource[];
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
    sources: readonly FetchSource[],
    nowMs: number,
    answer: (batches: readonly FetchedBatch[]) => void,
  ): void {
    this.cancel(session);
    const found = this.#collect(request, sources);
    if (found.length > 0 || request.maxWaitMs === 0 || sources.length === 0) {
      answer(found);
      return;
    }
    const deadlineMs = nowMs + request.maxWaitMs;
    const waiting = { session, request, sources, deadlineMs, answer };
    this.#bySession.set(session, waiting);
    for (const { from } of sources) {
      const set = this.#byPartition.get(from) ?? new Set();
      set.add(waiting);
      this.#byPartition.set(from, set);
    }
  }

  /** Called when readers may see more of a partition. */
  arrived(partition: Partition): void {
    for (const waiting of this.#byPartition.get(partition) ?? []) {
      const found = this.#collect(waiting.request, waiting.sources);
      if (found.length > 0) this.#finish(waiting, found);
    }
  }

  cancel(session: number): void {
    const waiting = this.#bySession.get(session);
    if (waiting !== undefined) this.#finish(waiting, []);
  }

  tick(nowMs: number): void {
    for (const waiting of this.#bySession.values()) {
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
    for (const { from } of waiting.sources) {
      const set = this.#byPartition.get(from);
      set?.delete(waiting);
      if (set?.size === 0) this.#byPartition.delete(from);
    }
    waiting.answer(found);
  }

  /** Begins with another partition each time, so that a busy one cannot starve the rest. */
  #collect(request: FetchRequest, sources: readonly FetchSource[]): FetchedBatch[] {
    const found: FetchedBatch[] = [];
    let messages = request.maxMessages;
    let bytes = request.maxBytes;
    this.#turn += 1;
    const first = this.#turn % Math.max(1, sources.length);
    for (const { partition, offset, from } of [
      ...sources.slice(first),
      ...sources.slice(0, first),
    ]) {
      if (messages <= 0 || bytes <= 0) break;
      for (const batch of from.read(offset, { messages, bytes }, request.isolation)) {
        found.push({ partition, batch });
        messages -= batch.baseOffset + batch.count - Math.max(offset, batch.baseOffset);
        bytes -= batch.stored.length;
      }
    }
    return found;
  }
}
