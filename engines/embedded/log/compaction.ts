import { BatchView } from '../protocol/batch.ts';
import type { StoredBatch } from '../journal/batch-store.ts';
import type { Keeps } from '../rules.ts';
import type { IndexedBatch, Partition } from './partition.ts';

/** Where a message lies. */
interface Spot {
  readonly batch: IndexedBatch;
  readonly index: number;
}

interface Tombstone extends Spot {
  readonly key: string;
}

/**
 * Compaction of one partition: of the messages of a key in its closed segments the newest stays. It is a
 * function of what is stored, so it is written down nowhere: a restarted broker has everything again until
 * it has looked once more, which a log that is compacted may always have. Needs memory for every key.
 */
export class Compaction {
  readonly #partition: Partition;
  readonly #tombstoneMs: number;
  readonly #load: (stored: StoredBatch) => Buffer;
  readonly #keeps: Keeps;
  readonly #newest = new Map<string, Spot>();
  /** Oldest first. */
  #tombstones: Tombstone[] = [];
  /** What is below has been looked at. */
  #seenBelow = 0;

  constructor(
    partition: Partition,
    tombstoneMs: number,
    load: (stored: StoredBatch) => Buffer,
    keeps: Keeps,
  ) {
    this.#partition = partition;
    this.#tombstoneMs = tombstoneMs;
    this.#load = load;
    this.#keeps = keeps;
  }

  /** Looks at the segments that were closed since, and at tombstones that have become too old. */
  run(nowMs: number): void {
    const { segments, decidedBelow } = this.#partition;
    const below = Math.min(segments.openFrom, decidedBelow);
    for (const batch of this.#partition.between(this.#seenBelow, below)) this.#see(batch);
    this.#seenBelow = Math.max(this.#seenBelow, below);
    this.#buryTombstones(nowMs);
    this.#partition.dropEmptyBatches();
  }

  #see(batch: IndexedBatch): void {
    const isAborted = batch.transaction?.end === 'abort';
    const view = BatchView.trusted(this.#load(batch.stored));
    for (let index = 0; index < view.count; index += 1) {
      // It was removed before a restart.
      if (batch.removed?.has(index) === true) continue;
      const spot = { batch, index };
      const key = view.key(index)?.toString('latin1');
      if (isAborted || key === undefined) {
        remove(spot);
        continue;
      }
      const older = this.#newest.get(key);
      if (older !== undefined) remove(this.#keeps('keep-the-newest') ? older : spot);
      this.#newest.set(key, spot);
      if (view.body(index).length === 0) this.#tombstones.push({ ...spot, key });
    }
  }

  #buryTombstones(nowMs: number): void {
    const young = this.#tombstones.findIndex(
      ({ batch }) => batch.timestampMs + this.#tombstoneMs > nowMs,
    );
    const old = this.#tombstones.splice(0, young === -1 ? this.#tombstones.length : young);
    for (const { key, batch, index } of old) {
      remove({ batch, index });
      const newest = this.#newest.get(key);
      if (newest?.batch === batch && newest.index === index) this.#newest.delete(key);
    }
  }
}

function remove({ batch, index }: Spot): void {
  batch.removed ??= new Set();
  batch.removed.add(index);
}
