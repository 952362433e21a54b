import type { Disk, DiskFile } from '../../../harness/history/disk.ts';

/** A disk in memory, whose files tests can look into, damage, and make fail. */
export class MemoryDisk implements Disk {
  readonly files = new Map<string, Buffer>();
  /** Called before each write; what it throws, the write throws. */
  beforeWrite: () => void = () => {};
  beforeRead: () => void = () => {};
  opened = 0;
  closed = 0;

  makeDirectory(): void {}

  create(path: string): DiskFile {
    this.files.set(path, Buffer.alloc(0));
    return this.#handle(path);
  }

  open(path: string): DiskFile {
    if (!this.files.has(path)) throw new Error(`no file ${path}`);
    return this.#handle(path);
  }

  list(directory: string): readonly string[] {
    const prefix = `${directory}/`;
    return [...this.files.keys()]
      .filter((path) => path.startsWith(prefix))
      .map((path) => path.slice(prefix.length));
  }

  remove(path: string): void {
    this.files.delete(path);
  }

  content(path: string): Buffer {
    const content = this.files.get(path);
    if (content === undefined) throw new Error(`no file ${path}`);
    return content;
  }

  #handle(path: string): DiskFile {
    this.opened += 1;
    return {
      write: (bytes, position) => {
        this.beforeWrite();
        const old = this.content(path);
        const grown = Buffer.alloc(Math.max(old.length, position + bytes.length));
        old.copy(grown);
        grown.set(bytes, position);
        this.files.set(path, grown);
      },
      read: (into, position) => {
        this.beforeRead();
        const part = this.content(path).subarray(position, position + into.length);
        into.set(part);
        return part.length;
      },
      size: () => this.content(path).length,
      close: () => {
        this.closed += 1;
      },
    };
  }
}
