import { JournalError } from './commit-log.ts';
import type { Storage } from './storage.ts';

interface Waiting {
  readonly index: number;
  readonly done: () => void;
}

export interface SyncingOptions {
  /** Of the next entry: what is written so far is below it. */
  readonly nextIndex: () => number;
  /** Whether what was written during a sync is synced at once, although nobody waits for it. */
  readonly isEager: boolean;
  readonly failed: (error: JournalError) => void;
}

/** Which entries survive a power loss, and who waits until theirs do. One sync runs at a time, over all segments. */
export class Syncing {
  readonly #storage: Storage;
  readonly #options: SyncingOptions;
  readonly #unsynced = new Set<number>();
  #syncedIndex = 0;
  #isRunning = false;
  /** What the sync that is running will have covered when it ends. */
  #runningIndex = 0;
  #waiting: Waiting[] = [];
  #isOver = false;

  constructor(storage: Storage, options: SyncingOptions) {
    this.#storage = storage;
    this.#options = options;
  }

  /** Entries below it survive a power loss. */
  get syncedIndex(): number {
    return this.#syncedIndex;
  }

  written(segment: number): void {
    this.#unsynced.add(segment);
  }

  removed(segment: number): void {
    this.#unsynced.delete(segment);
  }

  /** Entries from there on are no more, and nobody is told of them. */
  cutTo(index: number): void {
    this.#syncedIndex = Math.min(this.#syncedIndex, index);
    this.#runningIndex = Math.min(this.#runningIndex, index);
    this.#waiting = this.#waiting.filter((waiting) => waiting.index < index);
  }

  /** Calls `done` when the entry survives a power loss, perhaps before it returns; in the order of calls. */
  when(index: number, done: () => void): void {
    if (index < this.#syncedIndex) return done();
    this.#waiting.push({ index, done });
    this.sync();
  }

  /** The disk is not to be trusted any more. */
  end(): void {
    this.#isOver = true;
  }

  sync(): void {
    if (this.#isRunning || this.#unsynced.size === 0 || this.#isOver) return;
    this.#isRunning = true;
    this.#runningIndex = this.#options.nextIndex();
    const segments = [...this.#unsynced];
    this.#unsynced.clear();
    let left = segments.length;
    for (const segment of segments) {
      this.#storage.sync(segment, (error) => {
        // A failed sync may have dropped the dirty pages, so trying again would report a false success.
        if (error) {
          this.#options.failed(
            new JournalError('sync-failed', 'the journal cannot be synced', error),
          );
        }
        left -= 1;
        if (left === 0) this.#synced(this.#runningIndex);
      });
    }
  }

  #synced(upTo: number): void {
    this.#isRunning = false;
    if (this.#isOver) return;
    this.#syncedIndex = upTo;
    const later = this.#waiting.findIndex(({ index }) => index >= upTo);
    const released = later === -1 ? this.#waiting.length : later;
    for (const waiting of this.#waiting.splice(0, released)) waiting.done();
    if (this.#options.isEager || this.#waiting.length > 0) this.sync();
  }
}
