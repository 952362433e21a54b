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
import { join } from 'node:path';
import type { Storage } from '../journal/storage.ts';

const suffix = '.journal';
const maxVectors = 512;

/** Segments as files `000000000000.journal`, opened once and written at their end only. */
export class FileStorage implements Storage {
  readonly #directory: string;
  readonly #files = new Map<number, number>();

  constructor(directory: string) {
    this.#directory = directory;
    mkdirSync(directory, { recursive: true });
  }

  list(): readonly number[] {
    return readdirSync(this.#directory)
      .filter((name) => /^\d{12}\.journal$/.test(name))
      .map((name) => Number(name.slice(0, -suffix.length)))
      .sort((a, b) => a - b);
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
  }

  sync(segment: number, done: (error: unknown) => void): void {
    fdatasync(this.#file(segment), done);
  }

  close(): void {
    for (const file of this.#files.values()) closeSync(file);
    this.#files.clear();
  }

  #file(segment: number): number {
    const known = this.#files.get(segment);
    if (known !== undefined) return known;
    const file = openSync(this.#path(segment), 'a+');
    this.#files.set(segment, file);
    return file;
  }

  #path(segment: number): string {
    return join(this.#directory, `${String(segment).padStart(12, '0')}${suffix}`);
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
