import {
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

/** After an orderly end everything is synced. */
const ended = 'ended';

/** Under which boot of the machine a data directory was written to last, in a file beside the journal. */
export class BootMark {
  readonly #path: string;
  readonly #boot: string;

  /** @param boot names this boot of the machine; empty where nobody knows */
  constructor(directory: string, boot: string) {
    this.#path = join(directory, 'boot');
    this.#boot = boot;
  }

  /** Whether what had been written and not synced may be gone, or a part of it. */
  get mayHaveLostPower(): boolean {
    const mark = this.#read();
    return mark !== ended && (mark !== this.#boot || mark === '');
  }

  /** Recovery has ended, and the journal is written to from now on. */
  begin(): void {
    this.#write(this.#boot);
  }

  /** An orderly end: everything has been synced. */
  end(): void {
    this.#write(ended);
  }

  /** What a boot of the machine that nobody saw leaves behind. For whoever plays a power loss. */
  powerLost(): void {
    rmSync(this.#path, { force: true });
  }

  #write(mark: string): void {
    const draft = `${this.#path}.draft`;
    const file = openSync(draft, 'w');
    writeSync(file, `${mark}\n`);
    fsyncSync(file);
    closeSync(file);
    renameSync(draft, this.#path);
  }

  #read(): string {
    try {
      return readFileSync(this.#path, 'utf8').trim();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      return '';
    }
  }
}

/** Changes with every boot of the machine (Linux); empty elsewhere. */
export function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
}
