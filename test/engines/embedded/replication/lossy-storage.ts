import { MemoryStorage } from '../memory-storage.ts';

interface RunningSync {
  readonly segment: number;
  upTo: number;
  readonly done: (error: unknown) => void;
}

/** A disk whose syncs end when the test says so, and that loses with the power what they had not covered. */
export class LossyStorage extends MemoryStorage {
  readonly #synced = new Map<number, number>();
  #running: RunningSync[] = [];

  override sync(segment: number, done: (error: unknown) => void): void {
    this.#running.push({ segment, upTo: this.size(segment), done });
  }

  override truncate(segment: number, bytes: number): void {
    super.truncate(segment, bytes);
    this.#shorten(segment, bytes);
  }

  override remove(segment: number): void {
    super.remove(segment);
    this.#shorten(segment, 0);
  }

  endSyncs(): void {
    const ended = this.#running;
    this.#running = [];
    for (const { segment, upTo, done } of ended) {
      this.#synced.set(segment, Math.max(this.#synced.get(segment) ?? 0, upTo));
      done(null);
    }
  }

  loseProcess(): void {
    this.#running = [];
  }

  losePower(): void {
    this.#running = [];
    for (const segment of this.list()) super.truncate(segment, this.#synced.get(segment) ?? 0);
    for (const segment of this.list()) if (this.size(segment) === 0) super.remove(segment);
  }

  #shorten(segment: number, bytes: number): void {
    this.#synced.set(segment, Math.min(this.#synced.get(segment) ?? 0, bytes));
    for (const sync of this.#running) {
      if (sync.segment === segment) sync.upTo = Math.min(sync.upTo, bytes);
    }
  }
}
