import { type EntryAddress, type EntrySlice, sliceFrom } from '../journal/commit-log.ts';
import { Journal, type JournalOptions } from '../journal/journal.ts';
import type { ReplayEntry } from '../journal/recovery.ts';
import type { Storage } from '../journal/storage.ts';
import { type EpochEnd, EpochHistory } from './epoch-history.ts';
import { RecentEntries } from './recent-entries.ts';

const headBytes = 5;
/** As much as a follower is sent at a time. */
const recentBytes = 1024 * 1024;
const flagsAt = 4;
/** Every replica syncs the entry before it says that it holds it, whatever the policy. */
const durableFlag = 1;

/**
 * A journal as one of several copies. An entry has the same index and the same bytes in every copy; it begins with
 *
 * ```
 * u32 epoch of the leader that wrote it | u8 flags: 1 durable
 * ```
 */
export class ReplicaLog {
  readonly #addresses: EntryAddress[] = [];
  readonly #epochs = new EpochHistory();
  readonly #recent = new RecentEntries(recentBytes);
  readonly #journal: Journal;
  /** Index after the last durable entry, or after one that was cut off. */
  #durableEnd = 0;
  /** Bytes of a torn tail that recovery cut off. */
  readonly truncatedBytes: number;

  /** @throws JournalError `corrupt` when entries in the middle are damaged */
  constructor(storage: Storage, options: JournalOptions) {
    const { journal, truncatedBytes } = Journal.open(storage, options, (payload, address) => {
      this.#noted(payload, address);
    });
    this.#journal = journal;
    this.truncatedBytes = truncatedBytes;
  }

  /** Index of the next entry. */
  get end(): number {
    return this.#journal.nextIndex;
  }

  /** Entries below it are stored here, as the fsync policy asks; of durable ones see `whenHeld`. */
  get storedEnd(): number {
    return this.#journal.storedIndex;
  }

  /** Epoch of the last entry; 0 when there is none. */
  get lastEpoch(): number {
    return this.#epochs.latest;
  }

  endOf(epoch: number): EpochEnd {
    return this.#epochs.endOf(epoch, this.end);
  }

  /** As the leader. @throws JournalError @returns the address of what the chunks say, without the epoch */
  append(epoch: number, chunks: readonly Buffer[], isDurable: boolean): EntryAddress {
    const head = Buffer.allocUnsafe(headBytes);
    head.writeUInt32BE(epoch, 0);
    head[flagsAt] = isDurable ? durableFlag : 0;
    return bodyOf(this.#append(Buffer.concat([head, ...chunks])));
  }

  /** As a follower: an entry as the leader's `entry` gave it. @throws JournalError */
  copy(entry: Buffer): void {
    this.#append(entry);
  }

  /** Entries from `index` on, with their epochs: as many as fit, but one at least, while there are any. */
  entriesFrom(index: number, maxBytes: number): readonly Buffer[] {
    const entries: Buffer[] = [];
    let bytes = 0;
    for (let at = index; at < this.end; at += 1) {
      const address = this.#addressOf(at);
      bytes += address.length;
      if (entries.length > 0 && bytes > maxBytes) break;
      entries.push(this.#recent.get(at) ?? this.#journal.read(address));
    }
    return entries;
  }

  read(slice: EntrySlice): Buffer {
    return this.#journal.read(slice);
  }

  /** Calls `done` when the entry is stored here: as the policy asks, or so that it survives a power loss. */
  whenStored(index: number, need: 'committed' | 'durable', done: () => void): void {
    this.#journal.when(index, need, done);
  }

  /** Calls `done` when all that there is now is stored here, durable entries included. */
  whenHeld(done: () => void): void {
    const durable = this.#durableEnd;
    const whenDurable = (): void => {
      if (durable === 0) done();
      else this.#journal.when(durable - 1, 'durable', done);
    };
    if (this.end === 0) done();
    else this.#journal.when(this.end - 1, 'committed', whenDurable);
  }

  /** Whoever builds a state from all there is. */
  replay(onEntry: ReplayEntry): void {
    for (const address of this.#addresses) {
      const body = bodyOf(address);
      onEntry(this.#journal.read(body), body);
    }
  }

  /** Takes back the entries from `end` on; nothing where there are none. */
  cutFrom(end: number): void {
    if (end >= this.end) return;
    this.#journal.cutFrom(this.#addressOf(end));
    this.#addresses.length = end;
    this.#recent.cutFrom(end);
    this.#epochs.cutFrom(end);
    this.#durableEnd = Math.min(this.#durableEnd, end);
  }

  /** Drives the interval policy of fsync. */
  tick(nowMs: number): void {
    this.#journal.tick(nowMs);
  }

  close(done: (error: unknown) => void): void {
    this.#journal.close(done);
  }

  #append(entry: Buffer): EntryAddress {
    const address = this.#journal.append([entry]);
    this.#noted(entry, address);
    this.#recent.add(address.index, entry);
    return address;
  }

  #noted(head: Buffer, address: EntryAddress): void {
    this.#epochs.appended(head.readUInt32BE(0), address.index);
    if (head[flagsAt] === durableFlag) this.#durableEnd = address.index + 1;
    this.#addresses.push(address);
  }

  #addressOf(index: number): EntryAddress {
    const address = this.#addresses[index];
    if (address === undefined) throw new Error(`there is no entry ${index}`);
    return address;
  }
}

function bodyOf(address: EntryAddress): EntryAddress {
  return { index: address.index, ...sliceFrom(address, headBytes) };
}
