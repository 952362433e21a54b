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
  unlinkSync,
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
  /** What each sync that runs will have covered when it ends. */
  readonly #syncing = new Set<{ readonly segment: number; readonly file: number; bytes: number }>();

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
    this.#syncDirectory();
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
    const file = this.#file(segment);
    ftruncateSync(file, bytes);
    fsyncSync(file);
    this.#shorten(segment, bytes);
  }

  remove(segment: number): void {
    const file = this.#file(segment);
    this.#files.delete(segment);
    this.#shorten(segment, 0);
    unlinkSync(this.#path(segment));
    this.#synced.remove(segment);
    this.#syncDirectory();
    this.#closeUnlessSyncing(file);
  }

  sync(segment: number, done: (error: unknown) => void): void {
    const file = this.#file(segment);
    const sync = { segment, file, bytes: this.size(segment) };
    this.#syncing.add(sync);
    fdatasync(file, (error) => {
      this.#syncing.delete(sync);
      if (this.#files.get(segment) !== file) this.#closeUnlessSyncing(file);
      if (error) return done(error);
      try {
        this.#synced.note(segment, sync.bytes);
      } catch (unnoted) {
        return done(unnoted);
      }
      done(undefined);
    });
  }

  close(): void {
    const files = [...this.#files.values()];
    this.#files.clear();
    for (const file of files) this.#closeUnlessSyncing(file);
    this.#synced.close();
  }

  /** What comes to stand behind the cut is not what a sync that runs began with. */
  #shorten(segment: number, bytes: number): void {
    this.#synced.shorten(segment, bytes);
    for (const sync of this.#syncing) {
      if (sync.segment === segment) sync.bytes = Math.min(sync.bytes, bytes);
    }
  }

  /** The last sync of a file that is no segment any more closes it. */
  #closeUnlessSyncing(file: number): void {
    if (![...this.#syncing].some((sync) => sync.file === file)) closeSync(file);
  }

  #syncDirectory(): void {
    const directory = openSync(this.#directory, 'r');
    fsyncSync(directory);
    closeSync(directory);
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
