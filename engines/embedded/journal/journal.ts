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
  encodeSegment,
  encodeSegmentHeader,
  type RecordKind,
  recordHeaderBytes,
  segmentHeaderBytes,
} from './record.ts';
import { Syncing } from './syncing.ts';
import { type ReplayEntry, recover } from './recovery.ts';
import type { FsyncPolicy, JournalOptions } from './journal-options.ts';
import type { Storage } from './storage.ts';

export type { FsyncPolicy, JournalOptions };

/** Appends a part of a checkpoint. @throws JournalError */
export type AppendPart = (kind: 'body' | 'state', chunks: readonly Buffer[]) => EntryAddress;

/** An append-only, segmented, checksummed sequence of entries. */
export class Journal implements CommitLog {
  readonly #storage: Storage;
  readonly #options: JournalOptions;
  #segment = -1;
  #segmentBytes = 0;
  #salt = 0;
  #nextIndex = 0;
  readonly #syncing: Syncing;
  #sinceCheckpointBytes = 0;
  #nextIntervalMs = 0;
  #failure: JournalError | undefined;

  private constructor(storage: Storage, options: JournalOptions) {
    this.#storage = storage;
    this.#options = options;
    this.#syncing = new Syncing(storage, {
      nextIndex: () => this.#nextIndex,
      isEager: options.fsync.kind === 'every-batch',
      failed: (error) => this.#fail(error),
    });
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
    journal.#sinceCheckpointBytes = recovered.sinceCheckpointBytes;
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

  /** Of entries and parts of checkpoints, since the latest checkpoint began. */
  get sinceCheckpointBytes(): number {
    return this.#sinceCheckpointBytes;
  }

  /** Its segments with their sizes, oldest first. */
  get segments(): readonly { readonly segment: number; readonly bytes: number }[] {
    return this.#storage.list().map((segment) => ({ segment, bytes: this.#storage.size(segment) }));
  }

  append(chunks: readonly Buffer[]): EntryAddress {
    return this.#append('entry', chunks);
  }

  /**
   * Writes what stands for all entries so far into segments of their own. When that is synced, and a record that
   * says so is synced as well, the segments before them go.
   *
   * @param write all parts; @returns of the segments before, those that must stay because parts refer to them
   * @throws JournalError, and then the journal is as it was
   */
  checkpoint(write: (append: AppendPart) => ReadonlySet<number>): void {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#segmentBytes === 0) this.#beginSegment(this.#segment, false);
    if (this.#segmentBytes > segmentHeaderBytes) this.#beginSegment(this.#segment + 1, true);
    const first = this.#segment;
    const index = this.#nextIndex;
    try {
      const kept = write((kind, chunks) => this.#append(kind, chunks));
      const end = this.#append('end', [encodeSegment(first)]);
      this.#sinceCheckpointBytes = 0;
      this.#syncing.when(end.index, () => this.#attest(first, kept));
    } catch (error) {
      const position = segmentHeaderBytes + recordHeaderBytes;
      this.cutFrom({ index, segment: first, position, length: 0 });
      throw error;
    }
  }

  #attest(first: number, kept: ReadonlySet<number>): void {
    if (this.#failure !== undefined) return;
    try {
      const { index } = this.#append('attested', []);
      this.#syncing.when(index, () => this.#dropBefore(first, kept));
    } catch (error) {
      // On a full disk the older segments stay until the next checkpoint.
      if (!(error instanceof JournalError)) throw error;
    }
  }

  #dropBefore(first: number, kept: ReadonlySet<number>): void {
    try {
      for (const segment of this.#storage.list()) {
        if (segment >= first) return;
        if (!kept.has(segment)) this.#storage.remove(segment);
      }
    } catch (error) {
      this.#fail(new JournalError('drop-failed', 'a segment cannot be removed', error));
    }
  }

  #append(kind: RecordKind, chunks: readonly Buffer[]): EntryAddress {
    if (this.#failure !== undefined) throw this.#failure;
    // Its header could not be written when the segment was begun; the disk may have room again.
    if (this.#segmentBytes === 0) this.#beginSegment(this.#segment, false);
    const { syncedIndex } = this.#syncing;
    const header = encodeRecordHeader(this.#nextIndex, syncedIndex, chunks, this.#salt, kind);
    const length = header.readUInt32BE(4);
    const record = recordHeaderBytes + length;
    if (segmentHeaderBytes + record > this.#options.segmentBytes) {
      throw new JournalError('too-large', `an entry of ${length} bytes does not fit a segment`);
    }
    if (this.#segmentBytes + record > this.#options.segmentBytes) {
      this.#beginSegment(this.#segment + 1, true);
      // Whatever the policy: so that little is left of which nobody knows whether it was synced.
      this.#syncing.sync();
      return this.#append(kind, chunks);
    }
    this.#write([header, ...chunks], record);
    const address = {
      index: this.#nextIndex,
      segment: this.#segment,
      position: this.#segmentBytes - length,
      length,
    };
    this.#nextIndex += 1;
    this.#sinceCheckpointBytes += record;
    if (this.#options.fsync.kind === 'every-batch') this.#syncing.sync();
    return address;
  }

  get #syncsFirst(): boolean {
    const { fsync, keeps } = this.#options;
    return fsync.kind === 'every-batch' && keeps('answer-after-sync');
  }

  /** On one node the leader's own storage is all there is, so `leader` and `committed` are the same. */
  when(index: number, need: Need, done: () => void): void {
    if (need !== 'durable' && !this.#syncsFirst) return done();
    this.#syncing.when(index, done);
  }

  read(slice: EntrySlice): Buffer {
    const bytes = Buffer.allocUnsafeSlow(slice.length);
    this.#storage.read(slice.segment, slice.position, bytes);
    return bytes;
  }

  /** Entries below it survive a power loss. */
  get syncedIndex(): number {
    return this.#syncing.syncedIndex;
  }

  /** Entries below it are stored as the policy asks. */
  get storedIndex(): number {
    return this.#syncsFirst ? this.syncedIndex : this.#nextIndex;
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
        this.#syncing.removed(later);
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
    this.#syncing.cutTo(index);
    this.#syncing.written(segment);
  }

  /** Drives the interval policy; call it at least every `everyMs`. */
  tick(nowMs: number): void {
    const { fsync } = this.#options;
    if (fsync.kind !== 'interval' || nowMs < this.#nextIntervalMs) return;
    this.#nextIntervalMs = nowMs + fsync.everyMs;
    this.#syncing.sync();
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
    for (const segment of this.#storage.list()) this.#syncing.written(segment);
    if (this.#options.fsync.kind === 'every-batch') this.#syncing.sync();
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
    this.#syncing.written(this.#segment);
  }

  #fail(error: JournalError): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    this.#syncing.end();
    this.#options.onFailure(error);
  }
}
