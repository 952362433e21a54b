/**
 * The journal's only way to a disk. A host gives real files; a simulator gives a disk that loses un-synced
 * bytes, tears writes, is slow or full. Calls are synchronous except `sync`, whose duration matters.
 * Everything may throw; a throwing `append` may have written a part. That a segment was created, cut or
 * removed survives a power loss when the call returns.
 */
export interface Storage {
  /** Segment ids, ascending. */
  list(): readonly number[];
  create(segment: number): void;
  size(segment: number): number;
  /** Returns when the operating system has all bytes: they survive the process, not yet the machine. */
  append(segment: number, chunks: readonly Buffer[]): void;
  /** Fills `into` from `position`; throws when the segment ends before. */
  read(segment: number, position: number, into: Buffer): void;
  truncate(segment: number, bytes: number): void;
  /** The segment with everything in it. */
  remove(segment: number): void;
  /** `done` is called once everything appended before the call survives a power loss, or with the error. */
  sync(segment: number, done: (error: unknown) => void): void;
  close(): void;
}
