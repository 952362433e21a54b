import {
  closeSync,
  openSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { BootMark } from './boot-mark.ts';
import { pathOfSegment, segmentsIn } from './segment-files.ts';

/**
 * How much of each segment syncs have covered, in a file beside it. It outlives the process, so that
 * whoever takes the machine's power away knows what that takes; the broker itself never reads it.
 */
export class SyncedLengths {
  readonly #directory: string;
  readonly #files = new Map<number, number>();
  readonly #known = new Map<number, number>();
  readonly #bytes = Buffer.alloc(8);

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Call it before anybody is told of the sync: a power loss in between must not take what was promised. */
  note(segment: number, bytes: number): void {
    if (bytes > this.#of(segment)) this.#write(segment, bytes);
  }

  /** The segment was cut: what is appended there next is new, however far the old bytes had been synced. */
  shorten(segment: number, bytes: number): void {
    if (bytes < this.#of(segment)) this.#write(segment, bytes);
  }

  /** The segment is gone. */
  remove(segment: number): void {
    const file = this.#files.get(segment);
    if (file !== undefined) closeSync(file);
    this.#files.delete(segment);
    this.#known.delete(segment);
    rmSync(pathOfSynced(this.#directory, segment), { force: true });
  }

  close(): void {
    for (const file of this.#files.values()) closeSync(file);
    this.#files.clear();
  }

  #of(segment: number): number {
    const bytes = this.#known.get(segment) ?? readSynced(this.#directory, segment);
    this.#known.set(segment, bytes);
    return bytes;
  }

  #write(segment: number, bytes: number): void {
    const file = this.#files.get(segment) ?? openSync(pathOfSynced(this.#directory, segment), 'w');
    this.#files.set(segment, file);
    this.#bytes.writeDoubleBE(bytes);
    writeSync(file, this.#bytes, 0, 8, 0);
    this.#known.set(segment, bytes);
  }
}

/** What a power loss would take of the files in `directory`. */
export function bytesNotSynced(directory: string): number {
  return unsyncedTails(directory).reduce((sum, { size, kept }) => sum + size - kept, 0);
}

/**
 * What a power loss does to the files of a broker that is not running: every segment ends where the last
 * sync had covered it. @returns how many bytes went
 */
export function loseUnsynced(directory: string): number {
  const lost = bytesNotSynced(directory);
  for (const { path, kept } of unsyncedTails(directory)) truncateSync(path, kept);
  new BootMark(directory, '').powerLost();
  return lost;
}

interface UnsyncedTail {
  readonly path: string;
  readonly size: number;
  readonly kept: number;
}

function unsyncedTails(directory: string): readonly UnsyncedTail[] {
  return segmentsIn(readdirSync(directory)).flatMap((segment) => {
    const path = pathOfSegment(directory, segment);
    const { size } = statSync(path);
    const kept = readSynced(directory, segment);
    return kept < size ? [{ path, size, kept }] : [];
  });
}

function readSynced(directory: string, segment: number): number {
  try {
    const bytes = readFileSync(pathOfSynced(directory, segment));
    return bytes.length === 8 ? bytes.readDoubleBE() : 0;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
}

function pathOfSynced(directory: string, segment: number): string {
  return join(directory, `${String(segment).padStart(12, '0')}.synced`);
}
