import { AckmarkError } from '../core/errors.ts';
import type { Disk, DiskFile } from '../history/disk.ts';

/** Beside the segments that lines were kept as: which line each event was. */
const originsFile = 'origins.bin';
/** Number of the file, number of the line. */
const originBytes = 8;
const bufferedOrigins = 8_192;

/** What an event of a history is called in what it was read from. @param event its number, from 0 */
export type OriginOf = (event: number) => string;

/**
 * Writes down which line each event was, eight bytes an event. In a file, because only the few events of
 * witnesses are ever asked for, and a history may have more events than there is memory.
 */
export class OriginWriter {
  readonly #directory: string;
  readonly #file: DiskFile;
  readonly #buffer = new DataView(new ArrayBuffer(bufferedOrigins * originBytes));
  #buffered = 0;
  #written = 0;

  constructor(directory: string, disk: Disk) {
    this.#directory = directory;
    this.#file = this.#guarded(() => disk.create(`${directory}/${originsFile}`));
  }

  append(file: number, line: number): void {
    const at = this.#buffered * originBytes;
    this.#buffer.setUint32(at, file, true);
    this.#buffer.setUint32(at + 4, line, true);
    this.#buffered += 1;
    if (this.#buffered === bufferedOrigins) this.#flush();
  }

  close(): void {
    try {
      this.#flush();
    } finally {
      this.#file.close();
    }
  }

  #flush(): void {
    const bytes = this.#buffered * originBytes;
    const written = new Uint8Array(this.#buffer.buffer, 0, bytes);
    this.#guarded(() => this.#file.write(written, this.#written));
    this.#written += bytes;
    this.#buffered = 0;
  }

  #guarded<T>(act: () => T): T {
    try {
      return act();
    } catch (cause) {
      throw new AckmarkError('IO', `cannot write in ${this.#directory}`, {
        hint: 'Free some disk space there, or name another place with TMPDIR.',
        cause,
      });
    }
  }
}

/** `mine.ndjson:7` for an event that was line 7 of it. @param names of the files, in their order */
export function originsIn(directory: string, disk: Disk, names: readonly string[]): OriginOf {
  return (event) => {
    const origin = new DataView(new ArrayBuffer(originBytes));
    const file = disk.open(`${directory}/${originsFile}`);
    try {
      const read = file.read(new Uint8Array(origin.buffer), event * originBytes);
      if (read < originBytes) return '';
    } finally {
      file.close();
    }
    return `${names[origin.getUint32(0, true)]}:${origin.getUint32(4, true)}`;
  };
}
