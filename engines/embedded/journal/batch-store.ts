import type { CommitLog, EntrySlice } from './commit-log.ts';

/** A batch in the journal whose bytes may still be in memory. It lies elsewhere after a checkpoint has moved it. */
export interface StoredBatch {
  segment: number;
  position: number;
  readonly length: number;
  bytes: Buffer | undefined;
}

/**
 * Keeps the newest batches in memory, within a budget, because consumers usually read what was just
 * written; older ones are read back from the journal.
 */
export class BatchStore {
  readonly #log: Pick<CommitLog, 'read'>;
  readonly #budgetBytes: number;
  /** During a replay: what checkpoints refer to, by place, so that nothing counts twice. */
  #kept: Map<string, StoredBatch> | undefined;
  #held: StoredBatch[] = [];
  #oldest = 0;
  #heldBytes = 0;

  constructor(log: Pick<CommitLog, 'read'>, budgetBytes: number) {
    this.#log = log;
    this.#budgetBytes = budgetBytes;
  }

  /** @param bytes the batch itself while it is at hand; undefined during recovery */
  add(slice: EntrySlice, bytes: Buffer | undefined): StoredBatch {
    const stored: StoredBatch = {
      segment: slice.segment,
      position: slice.position,
      length: slice.length,
      bytes: undefined,
    };
    if (bytes !== undefined) {
      this.#kept = undefined;
      this.#hold(stored, bytes);
    }
    return stored;
  }

  /** Recovery: the batch that a checkpoint says lies there. */
  kept(slice: EntrySlice): StoredBatch {
    this.#kept ??= new Map();
    const place = `${slice.segment} ${slice.position}`;
    const stored = this.#kept.get(place) ?? this.add(slice, undefined);
    this.#kept.set(place, stored);
    return stored;
  }

  load(stored: StoredBatch): Buffer {
    if (stored.bytes !== undefined) return stored.bytes;
    const bytes = this.#log.read(stored);
    this.#hold(stored, bytes);
    return bytes;
  }

  #hold(stored: StoredBatch, bytes: Buffer): void {
    stored.bytes = bytes;
    this.#held.push(stored);
    this.#heldBytes += stored.length;
    while (this.#heldBytes > this.#budgetBytes) {
      const evicted = this.#held[this.#oldest];
      if (evicted === undefined) break;
      evicted.bytes = undefined;
      this.#heldBytes -= evicted.length;
      this.#oldest += 1;
    }
    if (this.#oldest > 1024 && this.#oldest * 2 > this.#held.length) {
      this.#held = this.#held.slice(this.#oldest);
      this.#oldest = 0;
    }
  }
}
