import type { Storage } from '../../../engines/embedded/journal/storage.ts';

/** A disk in memory that can be copied, cut, made to fail, and whose syncs end when the test says so. */
export class MemoryStorage implements Storage {
  readonly segments = new Map<number, Buffer>();
  /** Bytes that still fit; a write beyond it leaves its first part behind, as a full disk does. */
  room = Number.POSITIVE_INFINITY;
  /** When set, syncs wait here instead of ending at once. */
  held: ((error: unknown) => void)[] | undefined;

  static copyOf(other: MemoryStorage): MemoryStorage {
    const copy = new MemoryStorage();
    for (const [segment, bytes] of other.segments) copy.segments.set(segment, Buffer.from(bytes));
    return copy;
  }

  list(): readonly number[] {
    return [...this.segments.keys()].sort((a, b) => a - b);
  }

  create(segment: number): void {
    this.segments.set(segment, Buffer.alloc(0));
  }

  size(segment: number): number {
    return this.bytes(segment).length;
  }

  append(segment: number, chunks: readonly Buffer[]): void {
    const added = Buffer.concat(chunks);
    const fits = added.subarray(0, this.room);
    this.segments.set(segment, Buffer.concat([this.bytes(segment), fits]));
    this.room -= fits.length;
    if (fits.length < added.length) throw new Error('no space left on device');
  }

  read(segment: number, position: number, into: Buffer): void {
    const copied = this.bytes(segment).copy(into, 0, position, position + into.length);
    if (copied < into.length) throw new Error('the segment ends before');
  }

  truncate(segment: number, bytes: number): void {
    this.room += this.size(segment) - bytes;
    this.segments.set(segment, this.bytes(segment).subarray(0, bytes));
  }

  remove(segment: number): void {
    this.room += this.size(segment);
    this.segments.delete(segment);
  }

  sync(_segment: number, done: (error: unknown) => void): void {
    if (this.held === undefined) done(null);
    else this.held.push(done);
  }

  close(): void {}

  bytes(segment: number): Buffer {
    const bytes = this.segments.get(segment);
    if (bytes === undefined) throw new Error(`there is no segment ${segment}`);
    return bytes;
  }
}
