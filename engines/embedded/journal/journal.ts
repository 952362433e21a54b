import {
  type CommitLog,
  type EntryAddress,
  type EntrySlice,
  JournalError,
  type Need,
} from './commit-log.ts';
import {
  decodeSegmentHeader,
  encodeRecordHeader,
  encodeSegmentHeader,
  recordHeaderBytes,
  segmentHeaderBytes,
} from './record.ts';
import { type ReplayEntry, recover } from './recovery.ts';
import type { Keeps } from '../rules.ts';
import type { Storage } from './storage.ts';

/**
 * When an entry counts as committed, and so what an acknowledgement is worth on one node.
 * `never` and `interval`: once written, which survives the process; a power loss may take everything, or
 * the last interval. `every-batch`: once synced; appends that arrive during a sync share the next one.
 */
export type FsyncPolicy =
  | { readonly kind: 'never' }
  | { readonly kind: 'interval'; readonly everyMs: number }
  | { readonly kind: 'every-batch' };

export interface JournalOptions {
  readonly fsync: FsyncPolicy;
  /** A new segment is begun before this size is exceeded; one entry must fit. */
  readonly segmentBytes: number;
  /** A random 32-bit number for each segment. */
  readonly salt: () => number;
  /** The disk is not to be trusted any more: the host must end. Nothing is acknowledged from then on. */
  readonly onFailure: (error: JournalError) => void;
  readonly keeps: Keeps;
  /**
   * Whether the machine may have lost its power since the journal was last written to: then what was never
   * synced may be torn. Absent: it has not.
   */
  readonly mayHaveLostPower?: boolean;
}

interface Waiting {
  readonly index: number;
  readonly done: () => void;
}

/** An append-only, segmented, checksummed sequence of entries. */
export class Journal implements CommitLog {
  readonly #storage: Storage;
  readonly #options: JournalOptions;
  #segment = -1;
  #segmentBytes = 0;
  #salt = 0;
  #nextIndex = 0;
  /** Entries below it survive a power loss. */
  #syncedIndex = 0;
  readonly #unsynced = new Set<number>();
  #syncing = false;
  /** What the sync that is running will have covered when it ends. */
  #syncingIndex = 0;
  #nextIntervalMs = 0;
  #waiting: Waiting[] = [];
  #failure: JournalError | undefined;

  private constructor(storage: Storage, options: JournalOptions) {
    this.#storage = storage;
    this.#options = options;
  }

  /** @throws JournalError `corrupt` when entries are damaged that had been synced, or in the middle */
  static open(
    storage: Storage,
    options: JournalOptions,
    onEntry: ReplayEntry,
  ): { readonly journal: Journal; readonly truncatedBytes: number } {
    const journal = new Journal(storage, options);
    const recovered = recover(storage, options.mayHaveLostPower ?? false, onEntry);
    journal.#nextIndex = recovered.nextIndex;
    if (recovered.last === undefined) journal.#beginSegment(0, true);
    else if (recovered.last.bytes === 0) journal.#beginSegment(recovered.last.segment, false);
    else {
      journal.#segment = recovered.last.segment;
      journal.#segmentBytes = recovered.last.bytes;
      journal.#salt = recovered.last.salt;
    }
    journal.#syncRecovered();
    return { journal, truncatedBytes: recovered.truncatedBytes };
  }

  get nextIndex(): number {
    return this.#nextIndex;
  }

  append(chunks: readonly Buffer[]): EntryAddress {
    if (this.#failure !== undefined) throw this.#failure;
    // Its header could not be written when the segment was begun; the disk may have room again.
    if (this.#segmentBytes === 0) this.#beginSegment(this.#segment, false);
    const header = encodeRecordHeader(this.#nextIndex, this.#syncedIndex, chunks, this.#salt);
    const length = header.readUInt32BE(4);
    const record = recordHeaderBytes + length;
    if (segmentHeaderBytes + record > this.#options.segmentBytes) {
      throw new JournalError('too-large', `an entry of ${length} bytes does not fit a segment`);
    }
    if (this.#segmentBytes + record > this.#options.segmentBytes) {
      this.#beginSegment(this.#segment + 1, true);
      // Whatever the policy: so that little is left of which nobody knows whether it was synced.
      this.#sync();
      return this.append(chunks);
    }
    this.#write([header, ...chunks], record);
    const address = {
      index: this.#nextIndex,
      segment: this.#segment,
      position: this.#segmentBytes - length,
      length,
    };
    this.#nextIndex += 1;
    if (this.#options.fsync.kind === 'every-batch') this.#sync();
    return address;
  }

  get #syncsFirst(): boolean {
    const { fsync, keeps } = this.#options;
    return fsync.kind === 'every-batch' && keeps('answer-after-sync');
  }

  /** On one node the leader's own storage is all there is, so `leader` and `committed` are the same. */
  when(index: number, need: Need, done: () => void): void {
    if ((need !== 'durable' && !this.#syncsFirst) || index < this.#syncedIndex) return done();
    this.#waiting.push({ index, done });
    this.#sync();
  }

  read(slice: EntrySlice): Buffer {
    const bytes = Buffer.allocUnsafeSlow(slice.length);
    this.#storage.read(slice.segment, slice.position, bytes);
    return bytes;
  }

  /** Entries below it survive a power loss. */
  get syncedIndex(): number {
    return this.#syncedIndex;
  }

  /** Entries below it are stored as the policy asks. */
  get storedIndex(): number {
    return this.#syncsFirst ? this.#syncedIndex : this.#nextIndex;
  }

  /**
   * Takes back an entry and all that came after it, which nobody hears of any more. For a replica whose leader
   * does not have them; on one node what was appended stays.
   */
  cutFrom({ index, segment, position }: EntryAddress): void {
    if (this.#failure !== undefined) throw this.#failure;
    const bytes = position - recordHeaderBytes;
    try {
      for (const later of this.#storage.list().toReversed()) {
        if (later <= segment) break;
        this.#storage.remove(later);
        this.#unsynced.delete(later);
      }
      this.#storage.truncate(segment, bytes);
      if (segment !== this.#segment) this.#salt = this.#saltOf(segment);
    } catch (error) {
      this.#fail(new JournalError('append-failed', 'the journal cannot be cut', error));
      throw error;
    }
    this.#segment = segment;
    this.#segmentBytes = bytes;
    this.#nextIndex = index;
    this.#syncedIndex = Math.min(this.#syncedIndex, index);
    this.#syncingIndex = Math.min(this.#syncingIndex, index);
    this.#unsynced.add(segment);
    this.#waiting = this.#waiting.filter((waiting) => waiting.index < index);
  }

  /** Drives the interval policy; call it at least every `everyMs`. */
  tick(nowMs: number): void {
    const { fsync } = this.#options;
    if (fsync.kind !== 'interval' || nowMs < this.#nextIntervalMs) return;
    this.#nextIntervalMs = nowMs + fsync.everyMs;
    this.#sync();
  }

  /** An orderly end: `done` after a last sync, whatever the policy. */
  close(done: (error: unknown) => void): void {
    this.#failure = new JournalError('closed', 'the journal is closed');
    const segments = this.#storage.list();
    let left = segments.length;
    let failed: unknown;
    for (const segment of segments) {
      this.#storage.sync(segment, (error) => {
        failed ??= error;
        left -= 1;
        if (left > 0) return;
        this.#storage.close();
        done(failed);
      });
    }
  }

  /**
   * A process that died may have left entries that no sync had covered. They are in force again, a copy of
   * them would be answered as stored, and so they must be made to survive like all others.
   */
  #syncRecovered(): void {
    for (const segment of this.#storage.list()) this.#unsynced.add(segment);
    if (this.#options.fsync.kind === 'every-batch') this.#sync();
  }

  #saltOf(segment: number): number {
    const header = decodeSegmentHeader(
      this.read({ segment, position: 0, length: segmentHeaderBytes }),
    );
    if (header === undefined) {
      throw new JournalError('corrupt', `journal segment ${segment} has lost its header`);
    }
    return header.salt;
  }

  #beginSegment(segment: number, create: boolean): void {
    const salt = this.#options.salt() >>> 0;
    try {
      if (create) this.#storage.create(segment);
    } catch (error) {
      throw new JournalError('append-failed', 'a new journal segment cannot be created', error);
    }
    this.#segment = segment;
    this.#segmentBytes = 0;
    this.#salt = salt;
    this.#write([encodeSegmentHeader({ salt, firstIndex: this.#nextIndex })], segmentHeaderBytes);
  }

  /** All or nothing: what a failing write left behind is cut off before anybody can build on it. */
  #write(chunks: readonly Buffer[], bytes: number): void {
    try {
      this.#storage.append(this.#segment, chunks);
    } catch (error) {
      const failure = new JournalError('append-failed', 'the journal cannot be written', error);
      try {
        const isTorn = this.#storage.size(this.#segment) > this.#segmentBytes;
        if (isTorn) this.#storage.truncate(this.#segment, this.#segmentBytes);
      } catch {
        this.#fail(failure);
      }
      throw failure;
    }
    this.#segmentBytes += bytes;
    this.#unsynced.add(this.#segment);
  }

  #sync(): void {
    if (this.#syncing || this.#unsynced.size === 0 || this.#failure !== undefined) return;
    this.#syncing = true;
    this.#syncingIndex = this.#nextIndex;
    const segments = [...this.#unsynced];
    this.#unsynced.clear();
    let left = segments.length;
    for (const segment of segments) {
      this.#storage.sync(segment, (error) => {
        // A failed sync may have dropped the dirty pages, so trying again would report a false success.
        if (error)
          this.#fail(new JournalError('sync-failed', 'the journal cannot be synced', error));
        left -= 1;
        if (left === 0) this.#synced(this.#syncingIndex);
      });
    }
  }

  #synced(upTo: number): void {
    this.#syncing = false;
    if (this.#failure !== undefined) return;
    this.#syncedIndex = upTo;
    const later = this.#waiting.findIndex(({ index }) => index >= upTo);
    const released = later === -1 ? this.#waiting.length : later;
    for (const waiting of this.#waiting.splice(0, released)) waiting.done();
    if (this.#options.fsync.kind === 'every-batch' || this.#waiting.length > 0) this.#sync();
  }

  #fail(error: JournalError): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    this.#options.onFailure(error);
  }
}
