import { AckmarkError } from '../core/errors.ts';
import { eventViews, type EventViews } from '../core/event-codec.ts';
import { eventBytes } from '../core/events.ts';
import type { Disk, DiskFile } from './disk.ts';
import { ahead, counters, Slot, watermark } from './ring-layout.ts';
import type { RingHandle } from './sink.ts';

const defaultBlockRecords = 1024;

/**
 * The reading end of a ring: takes published records in the order in which they were appended, from
 * memory or from the spill, a block at a time. Works the same when the writer is gone.
 */
export class RingReader {
  /** The records of the last `refill`, from index 0 on. */
  readonly block: EventViews;
  readonly #disk: Disk;
  readonly #handle: RingHandle;
  readonly #counters: Int32Array;
  readonly #watermark: BigInt64Array;
  readonly #records: Uint8Array;
  readonly #blockRecords: number;
  #ringRead = 0;
  #ringSlot = 0;
  #spillRead = 0;
  #file: DiskFile | undefined;

  constructor(handle: RingHandle, disk: Disk, blockRecords = defaultBlockRecords) {
    this.#disk = disk;
    this.#handle = handle;
    this.#counters = counters(handle);
    this.#watermark = watermark(handle);
    this.#records = new Uint8Array(handle.records);
    this.#blockRecords = blockRecords;
    this.block = eventViews(new ArrayBuffer(blockRecords * eventBytes), 0, blockRecords);
  }

  /**
   * Nothing earlier than this is appended any more. Read it before a `refill` that finds nothing: read
   * after it, it may vouch for records that were published in between.
   */
  watermarkNs(): number {
    return Number(Atomics.load(this.#watermark, 0));
  }

  /** Replaces the block and returns how many records it now holds; 0 when nothing unread is published. */
  refill(): number {
    // The spill's count comes first: if the ring is empty after that, so it was when those were spilled.
    const spilled = ahead(Atomics.load(this.#counters, Slot.spillWritten), this.#spillRead);
    const inRing = ahead(Atomics.load(this.#counters, Slot.ringWritten), this.#ringRead);
    if (inRing > 0) return this.#takeFromRing(Math.min(inRing, this.#blockRecords));
    if (spilled > 0) return this.#takeFromSpill(Math.min(spilled, this.#blockRecords));
    return 0;
  }

  /** Events that the writer could keep neither in memory nor on disk. */
  lost(): number {
    return Atomics.load(this.#counters, Slot.lost) >>> 0;
  }

  /** Events that went through the spill so far. */
  spilled(): number {
    return Atomics.load(this.#counters, Slot.spillWritten) >>> 0;
  }

  /** Call when the writer is gone: the spill file is removed. */
  close(): void {
    this.#file?.close();
    this.#file = undefined;
    this.#disk.remove(this.#handle.spillFile);
  }

  #takeFromRing(wanted: number): number {
    const records = Math.min(wanted, this.#handle.capacity - this.#ringSlot);
    this.#copy(this.#ringSlot, records);
    this.#ringSlot += records;
    if (this.#ringSlot === this.#handle.capacity) this.#ringSlot = 0;
    this.#ringRead = (this.#ringRead + records) | 0;
    Atomics.store(this.#counters, Slot.ringRead, this.#ringRead);
    return records;
  }

  #takeFromSpill(wanted: number): number {
    const inFile = this.#flushedAhead();
    const records =
      inFile > 0 ? this.#readFile(Math.min(wanted, inFile)) : this.#copyStaged(wanted);
    this.#spillRead = (this.#spillRead + records) | 0;
    Atomics.store(this.#counters, Slot.spillRead, this.#spillRead);
    return records;
  }

  /** Unread records in the file; negative when staged ones beyond the file have been read already. */
  #flushedAhead(): number {
    return (Atomics.load(this.#counters, Slot.spillFlushed) - this.#spillRead) | 0;
  }

  #copyStaged(wanted: number): number {
    Atomics.store(this.#counters, Slot.readingStaged, 1);
    const inFile = this.#flushedAhead();
    if (inFile <= 0) this.#copy(this.#handle.capacity - inFile, wanted);
    Atomics.store(this.#counters, Slot.readingStaged, 0);
    return inFile <= 0 ? wanted : this.#readFile(Math.min(wanted, inFile));
  }

  #copy(slot: number, records: number): void {
    const start = slot * eventBytes;
    this.block.u8.set(this.#records.subarray(start, start + records * eventBytes));
  }

  #readFile(records: number): number {
    const base = Atomics.load(this.#counters, Slot.spillBase);
    this.#file ??= this.#disk.open(this.#handle.spillFile);
    const into = this.block.u8.subarray(0, records * eventBytes);
    if (this.#file.read(into, ahead(this.#spillRead, base) * eventBytes) !== into.length) {
      throw new AckmarkError(
        'IO',
        `${this.#handle.spillFile} is shorter than what was spilled to it`,
        {
          hint: 'Leave the run directory alone while a run is going on.',
        },
      );
    }
    return records;
  }
}
