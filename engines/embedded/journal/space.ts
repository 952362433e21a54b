import type { StoredBatch } from './batch-store.ts';
import { type EntrySlice, JournalError } from './commit-log.ts';
import type { Journal } from './journal.ts';

/** Where a batch will lie when the checkpoint is complete. */
export type PlaceOf = (stored: StoredBatch) => EntrySlice;

/** A state machine whose state can be written down instead of all that led to it. */
export interface Checkpointed {
  /** The batches that somebody may still read, perhaps some of them more than once. */
  live(): Iterable<StoredBatch>;
  /** Entries that lead to the same state when they are replayed by a machine that has none. */
  entries(placeOf: PlaceOf): Iterable<Buffer>;
}

/**
 * Gives disk space back that nothing live is in. Now and then the state is written down as a checkpoint, and
 * the segments before it go in which nothing lives; what lives in segments that are mostly empty moves first.
 * So the journal takes twice of what lives, the state and a few segments, however long it runs.
 */
export class Space {
  readonly #journal: Journal;
  readonly #segmentBytes: number;
  readonly #of: Checkpointed;
  #dueAtBytes: number;
  /** Of the latest checkpoint. */
  #stateBytes = 0;

  constructor(journal: Journal, segmentBytes: number, of: Checkpointed) {
    this.#journal = journal;
    this.#segmentBytes = segmentBytes;
    this.#of = of;
    this.#dueAtBytes = segmentBytes;
  }

  /** Call it when the state is that of all entries appended so far. */
  tend(): void {
    if (this.#journal.sinceCheckpointBytes < this.#dueAtBytes) return;
    const { moving, freedBytes } = this.#plan();
    const before = this.#journal.sinceCheckpointBytes;
    this.#dueAtBytes = before + this.#segmentBytes;
    if (freedBytes < this.#segmentBytes) return;
    try {
      this.#checkpoint(moving);
    } catch (error) {
      // A disk that is full now may have room later.
      if (!(error instanceof JournalError)) throw error;
      return;
    }
    // A large state is not written more often than twice its size is appended.
    this.#dueAtBytes = Math.max(this.#segmentBytes, 2 * this.#stateBytes);
  }

  /** The segments that are mostly empty, what lives in them, and how much space they would give back. */
  #plan(): { readonly moving: ReadonlySet<StoredBatch>; readonly freedBytes: number } {
    const live = new Map<number, Set<StoredBatch>>();
    for (const stored of this.#of.live()) {
      const inSegment = live.get(stored.segment) ?? new Set();
      live.set(stored.segment, inSegment);
      inSegment.add(stored);
    }
    const moving = new Set<StoredBatch>();
    let freedBytes = 0;
    for (const { segment, bytes } of this.#journal.segments) {
      const living = live.get(segment) ?? new Set();
      let liveBytes = 0;
      for (const { length } of living) liveBytes += length;
      if (liveBytes * 2 >= bytes) continue;
      freedBytes += bytes - liveBytes;
      for (const stored of living) moving.add(stored);
    }
    return { moving, freedBytes };
  }

  #checkpoint(moving: ReadonlySet<StoredBatch>): void {
    const moved = new Map<StoredBatch, EntrySlice>();
    let stateBytes = 0;
    this.#journal.checkpoint((append) => {
      for (const stored of moving) {
        const bytes = stored.bytes ?? this.#journal.read(stored);
        moved.set(stored, append('body', [bytes]));
      }
      const kept = new Set<number>();
      const placeOf: PlaceOf = (stored) => {
        const place = moved.get(stored) ?? stored;
        kept.add(place.segment);
        return place;
      };
      for (const entry of this.#of.entries(placeOf)) {
        append('state', [entry]);
        stateBytes += entry.length;
      }
      return kept;
    });
    this.#stateBytes = stateBytes;
    for (const [stored, { segment, position }] of moved) {
      stored.segment = segment;
      stored.position = position;
    }
  }
}
