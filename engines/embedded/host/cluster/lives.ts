import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';

export interface Life {
  /** Grows with every start. */
  readonly incarnation: number;
  /** The machine was not the same all the time, and not everything had been synced. */
  readonly mayLack: boolean;
}

/** What a node remembers of its starts, in a file beside its journal. */
export class Lives {
  readonly #path: string;
  readonly #boot: string;

  /** @param boot names the boot of the machine; empty where nobody knows, and then every start is suspect */
  constructor(directory: string, boot: string) {
    this.#path = join(directory, 'lives');
    this.#boot = boot;
  }

  /** A start, written down before anybody hears of it. @param syncsFirst nothing is acknowledged unsynced */
  begin(syncsFirst: boolean): Life {
    const { incarnation, boot, mayLack } = this.#read();
    const isSameBoot = incarnation === 0 || (boot === this.#boot && boot !== '');
    const life = {
      incarnation: incarnation + 1,
      mayLack: !syncsFirst && (mayLack || !isSameBoot),
    };
    this.write(life);
    return life;
  }

  /** What a boot of the machine that nobody saw leaves behind. For whoever plays a power loss. */
  powerLost(): void {
    const { incarnation, mayLack } = this.#read();
    if (incarnation > 0) this.#write({ incarnation, mayLack }, '');
  }

  write(life: Life): void {
    this.#write(life, this.#boot);
  }

  #write({ incarnation, mayLack }: Life, boot: string): void {
    const draft = `${this.#path}.draft`;
    const file = openSync(draft, 'w');
    writeSync(file, `${incarnation} ${mayLack ? 'may-lack' : 'whole'} ${boot}\n`);
    fsyncSync(file);
    closeSync(file);
    renameSync(draft, this.#path);
  }

  #read(): Life & { readonly boot: string } {
    try {
      const [incarnation, whole, boot = ''] = readFileSync(this.#path, 'utf8').trim().split(' ');
      return { incarnation: Number(incarnation), mayLack: whole !== 'whole', boot };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      return { incarnation: 0, mayLack: false, boot: '' };
    }
  }
}
