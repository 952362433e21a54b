/**
 * What the log and the queue stand on: a sequence of entries, each at an address, each committed at some
 * later time. The journal alone provides it on one node, `replication/leader.ts` over the journals of several,
 * which is why a view never asks whether a disk has synced, only whether an entry is committed.
 */
export interface CommitLog {
  /**
   * Appends one entry, its chunks one after another, or throws `JournalError` and appends nothing; also where
   * it is plain that the entry would not reach what `need` asks for.
   * The caller applies the entry to its state at once, but shows and acknowledges it only when it is committed.
   */
  append(chunks: readonly Buffer[], need: Need): EntryAddress;
  /**
   * Calls `done` when the entry has reached what `need` asks for, perhaps before it returns; calls come in
   * the order of indexes for one need. `leader`: this node has stored it. `committed`: so have all that must.
   * `durable`: it survives a power loss, whatever the policy is; so must the place where messages belong.
   *
   * `tooFew` is called instead, once, when it is plain that too few replicas are left to store the entry; they
   * may come back and store it all the same. Who does not give it waits for that.
   */
  when(index: number, need: Need, done: () => void, tooFew?: () => void): void;
  /** Reads bytes of an entry back. */
  read(slice: EntrySlice): Buffer;
}

export type Need = 'leader' | 'committed' | 'durable';

export interface EntryAddress extends EntrySlice {
  /** 0, 1, 2 … in the order of appending. */
  readonly index: number;
}

/** Where bytes of an entry's payload lie. */
export interface EntrySlice {
  readonly segment: number;
  readonly position: number;
  readonly length: number;
}

/** The rest of an entry's payload, from a byte of it on. */
export function sliceFrom(address: EntryAddress, at: number): EntrySlice {
  const { segment, position, length } = address;
  return { segment, position: position + at, length: length - at };
}

export type JournalErrorReason =
  | 'corrupt'
  | 'append-failed'
  | 'sync-failed'
  /** A segment that nobody needs cannot be removed. */
  | 'drop-failed'
  | 'too-large'
  /** Fewer replicas than must store it are there; nothing was appended. */
  | 'not-enough-replicas'
  | 'closed';

export class JournalError extends Error {
  override readonly name = 'JournalError';
  readonly reason: JournalErrorReason;

  constructor(reason: JournalErrorReason, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.reason = reason;
  }
}
