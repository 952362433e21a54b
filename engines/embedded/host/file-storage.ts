import {
  closeSync,
  fdatasync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  writevSync,
} from 'node:fs';
import type { Storage } from '../journal/storage.ts';
import { pathOfSegment, segmentsIn } from './segment-files.ts';
import { SyncedLengths } from './synced-lengths.ts';

const maxVectors = 512;

/** Segments as files `000000000000.journal`, opened once and written at their end only. */
export class FileStorage implements Storage {
  readonly #directory: string;
  readonly #files = new Map<number, number>();
  readonly #synced: SyncedLengths;

  constructor(directory: string) {
    this.#directory = directory;
    mkdirSync(directory, { recursive: true });
    this.#synced = new SyncedLengths(directory);
  }

  list(): readonly number[] {
    return segmentsIn(readdirSync(this.#directory));
  }

  create(segment: number): void {
    this.#files.set(segment, openSync(this.#path(segment), 'ax+'));
    // Without it a power loss could take the file's name and with it synced bytes.
    const directory = openSync(this.#directory, 'r');
    fsyncSync(directory);
    closeSync(directory);
  }

  size(segment: number): number {
    return fstatSync(this.#file(segment)).size;
  }

  append(segment: number, chunks: readonly Buffer[]): void {
    const file = this.#file(segment);
    let left = chunks.filter((chunk) => chunk.length > 0);
    while (left.length > 0) {
      left = dropBytes(left, writevSync(file, left.slice(0, maxVectors)));
    }
  }

  read(segment: number, position: number, into: Buffer): void {
    let filled = 0;
    while (filled < into.length) {
      const file = this.#file(segment);
      const count = readSync(file, into, filled, into.length - filled, position + filled);
      if (count === 0)
        throw new Error(`${this.#path(segment)} ends before byte ${position + filled}`);
      filled += count;
    }
  }

  truncate(segment: number, bytes: number): void {
    ftruncateSync(this.#file(segment), bytes);
    this.#synced.shorten(segment, bytes);
  }

  sync(segment: number, done: (error: unknown) => void): void {
    const bytes = this.size(segment);
    fdatasync(this.#file(segment), (error) => {
      if (error) return done(error);
      try {
        this.#synced.note(segment, bytes);
      } catch (unnoted) {
        return done(unnoted);
      }
      done(undefined);
    });
  }

  close(): void {
    for (const file of this.#files.values()) closeSync(file);
    this.#files.clear();
    this.#synced.close();
  }

  #file(segment: number): number {
    const known = this.#files.get(segment);
    if (known !== undefined) return known;
    const file = openSync(this.#path(segment), 'a+');
    this.#files.set(segment, file);
    return file;
  }

  #path(segment: number): string {
    return pathOfSegment(this.#directory, segment);
  }
}

function dropBytes(chunks: readonly Buffer[], written: number): Buffer[] {
  let skip = written;
  const left: Buffer[] = [];
  for (const chunk of chunks) {
    if (skip >= chunk.length) skip -= chunk.length;
    else {
      left.push(skip === 0 ? chunk : chunk.subarray(skip));
      skip = 0;
    }
  }
  return left;
}
