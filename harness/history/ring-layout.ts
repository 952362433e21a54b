import { eventBytes } from '../core/events.ts';
import type { RingHandle } from './sink.ts';

/**
 * A ring is shared by one writer and one reader. `records` holds the ring's slots and behind them the
 * staging slots, where spilled records wait until a block of them is worth a write. The order of all
 * records is: the ring's unread ones, then the spill's unread ones; this holds because the writer goes
 * back to the ring only when the reader has taken everything that was spilled.
 *
 * Counters are the totals since the start modulo 2^32, compared by difference. Each has one writer.
 */
export const Slot = {
  /** Writer: records published in the ring. */
  ringWritten: 0,
  /** Writer: records published in the spill, in the file or staged. */
  spillWritten: 1,
  /** Writer: the first so many spilled records are in the file, the rest staged from slot 0 on. */
  spillFlushed: 2,
  /** Writer: spilled record `spillBase` stands at the start of the file. */
  spillBase: 3,
  /** Writer: events that could be kept neither in memory nor on disk. */
  lost: 4,
  /** Reader: records taken from the ring. */
  ringRead: 16,
  /** Reader: records taken from the spill. */
  spillRead: 17,
  /** Reader: 1 while it copies from the staging slots, which the writer then leaves alone. */
  readingStaged: 18,
} as const;

const watermarkOffset = 128;
const controlBytes = watermarkOffset + BigInt64Array.BYTES_PER_ELEMENT;
const defaultStagingRecords = 256;

/**
 * @param capacity records that the ring holds in memory, 64 bytes each
 * @param spillFile created by the writer when the ring is full for the first time
 * @param stagingRecords spilled records that go to the file in one write
 */
export function createRing(
  capacity: number,
  spillFile: string,
  stagingRecords = defaultStagingRecords,
): RingHandle {
  return {
    control: new SharedArrayBuffer(controlBytes),
    records: new SharedArrayBuffer((capacity + stagingRecords) * eventBytes),
    capacity,
    spillFile,
  };
}

export function counters(handle: RingHandle): Int32Array {
  return new Int32Array(handle.control, 0, watermarkOffset / Int32Array.BYTES_PER_ELEMENT);
}

/** One cell of whole nanoseconds; 64-bit integers are the only ones of that width that are atomic. */
export function watermark(handle: RingHandle): BigInt64Array {
  return new BigInt64Array(handle.control, watermarkOffset, 1);
}

export function stagingRecords(handle: RingHandle): number {
  return handle.records.byteLength / eventBytes - handle.capacity;
}

/** `later - earlier` of two counters modulo 2^32. */
export function ahead(later: number, earlier: number): number {
  return (later - earlier) >>> 0;
}
