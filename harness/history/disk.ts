/**
 * The little of a file system that histories need, synchronous because a ring's writer may not wait for
 * its event loop. Every call throws the platform's own error; callers say what was lost by it.
 */
export interface Disk {
  /** Creates it with its parents; existing is no error. */
  makeDirectory(directory: string): void;
  /** Creates or empties the file, for reading and writing. */
  create(path: string): DiskFile;
  /** Opens an existing file, for reading. */
  open(path: string): DiskFile;
  /** Names in the directory, in no order; a missing directory has none. */
  list(directory: string): readonly string[];
  /** A missing file is no error. */
  remove(path: string): void;
}

export interface DiskFile {
  /** Writes all of `bytes` at `position`; after an error any part of that range may have been written. */
  write(bytes: Uint8Array, position: number): void;
  /** Reads until `into` is full or the file ends; returns how many bytes it read. */
  read(into: Uint8Array, position: number): number;
  size(): number;
  close(): void;
}
