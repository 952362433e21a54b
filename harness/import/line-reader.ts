import type { DiskFile } from '../history/disk.ts';

const chunkBytes = 1 << 18;
/** Room for a header that describes many lanes. Longer lines are passed over without being kept. */
export const longestLineBytes = 1 << 24;

const byteOrderMark = '\ufeff';

export interface Line {
  /** From 1. */
  readonly number: number;
  readonly text: string;
  /** False for a last line without its end: it may be cut off. */
  readonly ended: boolean;
  readonly tooLong: boolean;
}

/** Reads a file line by line; memory is one chunk and one line. */
export class LineReader {
  readonly #file: DiskFile;
  readonly #chunk = Buffer.alloc(chunkBytes);
  #length = 0;
  #at = 0;
  #position = 0;
  #number = 0;
  #atEnd = false;

  constructor(file: DiskFile) {
    this.#file = file;
  }

  /** Undefined after the last line. Blank lines are counted and left out. */
  next(): Line | undefined {
    for (;;) {
      const line = this.#line();
      if (line === undefined || line.tooLong || line.text.trim() !== '') return line;
    }
  }

  #line(): Line | undefined {
    const parts: Buffer[] = [];
    let bytes = 0;
    for (;;) {
      if (this.#at === this.#length && !this.#refill()) {
        if (bytes === 0) return undefined;
        return this.#made(parts, bytes, false);
      }
      const found = this.#chunk.subarray(0, this.#length).indexOf(0x0a, this.#at);
      const end = found < 0 ? this.#length : found;
      bytes += end - this.#at;
      if (bytes <= longestLineBytes) parts.push(Buffer.from(this.#chunk.subarray(this.#at, end)));
      this.#at = found < 0 ? end : end + 1;
      if (found >= 0) return this.#made(parts, bytes, true);
    }
  }

  #made(parts: readonly Buffer[], bytes: number, ended: boolean): Line {
    this.#number += 1;
    const tooLong = bytes > longestLineBytes;
    const whole = tooLong ? '' : Buffer.concat(parts).toString('utf8');
    // Editors and exports of some systems put a byte order mark before the first line.
    const text = this.#number === 1 && whole.startsWith(byteOrderMark) ? whole.slice(1) : whole;
    return { number: this.#number, text, ended, tooLong };
  }

  #refill(): boolean {
    if (this.#atEnd) return false;
    this.#length = this.#file.read(this.#chunk, this.#position);
    this.#position += this.#length;
    this.#at = 0;
    this.#atEnd = this.#length === 0;
    return !this.#atEnd;
  }
}
