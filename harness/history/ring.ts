import { eventViews, type EventViews, writeEvent } from '../core/event-codec.ts';
import { eventBytes, type EventRecord } from '../core/events.ts';
import { invariant } from '../core/errors.ts';
import type { Disk, DiskFile } from './disk.ts';
import { ahead, counters, Slot, stagingRecords, watermark } from './ring-layout.ts';
import type { EventSink, RingHandle } from './sink.ts';

export { createRing } from './ring-layout.ts';

/**
 * The writing end of a ring. A record is published, by one atomic store, after its last byte is in shared
 * memory or in the file: a writer that is terminated at any point leaves every published record whole.
 * One writer per handle for all its life; a restarted actor gets a new ring.
 */
export class RingWriter implements EventSink {
  readonly #disk: Disk;
  readonly #handle: RingHandle;
  readonly #counters: Int32Array;
  readonly #watermark: BigInt64Array;
  readonly #ring: EventViews;
  readonly #staging: EventViews;
  readonly #stagingRecords: number;
  readonly #single = eventViews(new ArrayBuffer(eventBytes), 0, 1);
  #ringWritten = 0;
  #ringReadSeen = 0;
  #ringSlot = 0;
  #spilling = false;
  #spillWritten = 0;
  #spillFlushed = 0;
  #spillBase = 0;
  #stagingIsFree = false;
  #file: DiskFile | undefined;
  #fileFailed = false;
  #lost = 0;
  #lastNs = 0;

  constructor(handle: RingHandle, disk: Disk) {
    this.#disk = disk;
    this.#handle = handle;
    this.#counters = counters(handle);
    this.#watermark = watermark(handle);
    this.#stagingRecords = stagingRecords(handle);
    this.#ring = eventViews(handle.records, 0, handle.capacity);
    this.#staging = eventViews(handle.records, handle.capacity * eventBytes, this.#stagingRecords);
    invariant(
      Atomics.load(this.#counters, Slot.ringWritten) === 0,
      'a ring has one writer for all its life',
    );
  }

  append(event: EventRecord): void {
    // Written so that NaN, too, becomes the last time: one bad record must not break the merge.
    const timeNs = event.timeNs >= this.#lastNs ? event.timeNs : this.#lastNs;
    this.#lastNs = timeNs;
    if (this.#spilling && !this.#readerCaughtUp()) this.#spill(event, timeNs);
    else if (this.#hasRoom()) this.#appendToRing(event, timeNs);
    else this.#startSpilling(event, timeNs);
  }

  advance(timeNs: number): void {
    // A published record is a promise of its own time already.
    if (!(timeNs > this.#lastNs)) return;
    this.#lastNs = timeNs;
    Atomics.store(this.#watermark, 0, BigInt(Math.floor(timeNs)));
  }

  /** Closes the spill file. A worker need not: Node does it when the thread ends, however it ends. */
  close(): void {
    this.#file?.close();
    this.#file = undefined;
  }

  #hasRoom(): boolean {
    const capacity = this.#handle.capacity;
    if (ahead(this.#ringWritten, this.#ringReadSeen) < capacity) return true;
    this.#ringReadSeen = Atomics.load(this.#counters, Slot.ringRead);
    return ahead(this.#ringWritten, this.#ringReadSeen) < capacity;
  }

  #appendToRing(event: EventRecord, timeNs: number): void {
    put(this.#ring, this.#ringSlot, event, timeNs);
    this.#ringSlot += 1;
    if (this.#ringSlot === this.#handle.capacity) this.#ringSlot = 0;
    this.#ringWritten = (this.#ringWritten + 1) | 0;
    Atomics.store(this.#counters, Slot.ringWritten, this.#ringWritten);
  }

  #readerCaughtUp(): boolean {
    if (Atomics.load(this.#counters, Slot.spillRead) !== this.#spillWritten) return false;
    this.#spilling = false;
    return true;
  }

  /** The reader has taken all that was spilled before, so staging and file start afresh. */
  #startSpilling(event: EventRecord, timeNs: number): void {
    this.#spilling = true;
    this.#fileFailed = false;
    this.#spillBase = this.#spillWritten;
    Atomics.store(this.#counters, Slot.spillBase, this.#spillBase);
    this.#publishFlushed(this.#spillWritten);
    this.#spill(event, timeNs);
  }

  #spill(event: EventRecord, timeNs: number): void {
    if (ahead(this.#spillWritten, this.#spillFlushed) === this.#stagingRecords) {
      if (!this.#writeToFile(this.#staging.u8)) return this.#lose();
      this.#publishFlushed(this.#spillWritten);
    }
    if (this.#mayStage()) {
      put(this.#staging, ahead(this.#spillWritten, this.#spillFlushed), event, timeNs);
    } else {
      put(this.#single, 0, event, timeNs);
      if (!this.#writeToFile(this.#single.u8)) return this.#lose();
      this.#publishFlushed((this.#spillWritten + 1) | 0);
    }
    this.#spillWritten = (this.#spillWritten + 1) | 0;
    Atomics.store(this.#counters, Slot.spillWritten, this.#spillWritten);
  }

  #publishFlushed(flushed: number): void {
    this.#spillFlushed = flushed;
    this.#stagingIsFree = false;
    Atomics.store(this.#counters, Slot.spillFlushed, flushed);
  }

  /**
   * The reader announces itself before it looks at `spillFlushed`, and this looks for the announcement
   * after `spillFlushed` has moved: whichever comes first, the reader never copies a slot that is being
   * overwritten. While it copies, spilled records go to the file one by one.
   */
  #mayStage(): boolean {
    if (!this.#stagingIsFree) {
      this.#stagingIsFree = Atomics.load(this.#counters, Slot.readingStaged) === 0;
    }
    return this.#stagingIsFree;
  }

  /** After a failure the file rests until the reader has caught up: a full disk is not asked per event. */
  #writeToFile(bytes: Uint8Array): boolean {
    if (this.#fileFailed) return false;
    try {
      this.#file ??= this.#disk.create(this.#handle.spillFile);
      this.#file.write(bytes, ahead(this.#spillFlushed, this.#spillBase) * eventBytes);
    } catch {
      this.#fileFailed = true;
    }
    return !this.#fileFailed;
  }

  /** The reader's side reports the count, and a history that lost events decides nothing. */
  #lose(): void {
    this.#lost = (this.#lost + 1) | 0;
    Atomics.store(this.#counters, Slot.lost, this.#lost);
  }
}

function put(views: EventViews, slot: number, event: EventRecord, timeNs: number): void {
  writeEvent(views, slot, event);
  views.f64[slot * 8 + 1] = timeNs;
}
