import type {
  CommitLog,
  EntryAddress,
  EntrySlice,
} from '../../../engines/embedded/journal/commit-log.ts';

interface Waiting {
  readonly index: number;
  readonly done: () => void;
}

/** A log whose entries are stored at once and committed when the test says so. */
export class LateLog implements CommitLog {
  readonly entries: Buffer[] = [];
  /** Whether it waits for nobody, for the time being. */
  commitsAtOnce = false;
  #committed = 0;
  #waiting: Waiting[] = [];

  /** Entries below it are committed. */
  get committed(): number {
    return this.#committed;
  }

  append(chunks: readonly Buffer[]): EntryAddress {
    const index = this.entries.push(Buffer.concat(chunks)) - 1;
    if (this.commitsAtOnce) this.commit();
    return { index, segment: index, position: 0, length: this.entries[index]?.length ?? 0 };
  }

  when(index: number, need: string, done: () => void): void {
    if (need === 'leader' || index < this.#committed) done();
    else this.#waiting.push({ index, done });
  }

  read({ segment, position, length }: EntrySlice): Buffer {
    return (this.entries[segment] ?? Buffer.alloc(0)).subarray(position, position + length);
  }

  /** All that was appended by now. */
  commit(): void {
    this.#committed = this.entries.length;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { done } of waiting) done();
  }
}
