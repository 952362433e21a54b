import { type EntryAddress, JournalError } from './commit-log.ts';
import {
  decodeSegmentHeader,
  findRecord,
  readRecord,
  type SegmentHeader,
  segmentHeaderBytes,
} from './record.ts';
import type { Storage } from './storage.ts';

/** Called once per entry in order. `payload` is a view that is only valid during the call. */
export type ReplayEntry = (payload: Buffer, address: EntryAddress) => void;

export interface Recovered {
  readonly nextIndex: number;
  /** The segment to go on with; undefined for an empty journal. */
  readonly last:
    | { readonly segment: number; readonly bytes: number; readonly salt: number }
    | undefined;
  /** Bytes of a torn tail that were cut off; the host prints it, so a truncation is never silent. */
  readonly truncatedBytes: number;
}

/**
 * Replays every entry and repairs the end. A process killed in the middle of a write leaves a part of its
 * last record, a machine perhaps garbage there: nothing intact follows, none of it was acknowledged under a
 * policy that promises to survive, and it is cut off. Damage that intact records follow is something else:
 * acknowledged entries would vanish, so it is a `JournalError` and a person decides.
 */
export function recover(storage: Storage, onEntry: ReplayEntry): Recovered {
  const segments = storage.list();
  let nextIndex = 0;
  let last: Recovered['last'];
  let truncatedBytes = 0;
  for (const [order, segment] of segments.entries()) {
    const isLast = order === segments.length - 1;
    const bytes = readWhole(storage, segment);
    const header = decodeSegmentHeader(bytes);
    if (header === undefined) {
      refuseUnlessTorn(segment, bytes, isLast);
      truncatedBytes += bytes.length;
      storage.truncate(segment, 0);
      last = { segment, bytes: 0, salt: 0 };
      break;
    }
    if (header.firstIndex !== nextIndex) {
      throw corrupt(segment, 0, `starts with entry ${header.firstIndex}, expected ${nextIndex}`);
    }
    const scan = replaySegment(bytes, segment, header, onEntry);
    nextIndex = scan.nextIndex;
    if (scan.end < bytes.length) {
      refuseDamage(bytes, segment, scan.end, header.salt, isLast);
      truncatedBytes += bytes.length - scan.end;
      storage.truncate(segment, scan.end);
    }
    last = { segment, bytes: scan.end, salt: header.salt };
  }
  return { nextIndex, last, truncatedBytes };
}

function readWhole(storage: Storage, segment: number): Buffer {
  const bytes = Buffer.allocUnsafe(storage.size(segment));
  storage.read(segment, 0, bytes);
  return bytes;
}

function replaySegment(
  bytes: Buffer,
  segment: number,
  header: SegmentHeader,
  onEntry: ReplayEntry,
): { nextIndex: number; end: number } {
  let index = header.firstIndex;
  let at = segmentHeaderBytes;
  while (at < bytes.length) {
    const record = readRecord(bytes, at, header.salt);
    if (record.found === 'damage') break;
    if (record.index !== index) {
      throw corrupt(segment, at, `holds entry ${record.index}, expected ${index}`);
    }
    const length = record.to - record.from;
    onEntry(bytes.subarray(record.from, record.to), {
      index,
      segment,
      position: record.from,
      length,
    });
    index += 1;
    at = record.to;
  }
  return { nextIndex: index, end: at };
}

function refuseDamage(
  bytes: Buffer,
  segment: number,
  at: number,
  salt: number,
  isLast: boolean,
): void {
  if (!isLast) throw corrupt(segment, at, 'is damaged, and later segments follow');
  const intact = findRecord(bytes, at + 1, salt);
  if (intact !== undefined) {
    throw corrupt(segment, at, `is damaged, and an intact record follows at byte ${intact}`);
  }
}

/** Only the very creation of a segment can leave an incomplete header behind. */
function refuseUnlessTorn(segment: number, bytes: Buffer, isLast: boolean): void {
  if (isLast && bytes.length <= segmentHeaderBytes) return;
  throw corrupt(segment, 0, 'has a damaged header');
}

function corrupt(segment: number, at: number, what: string): JournalError {
  return new JournalError('corrupt', `journal segment ${segment} ${what} (byte ${at})`);
}
