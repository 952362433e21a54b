/**
 * One journal record, big-endian:
 *
 * ```
 * u24 magic | u8 kind | u32 payload length | u64 index | u32 unsynced | u32 CRC-32C of kind to unsynced and payload | payload
 * ```
 * and in front of each segment's first record:
 *
 * ```
 * u32 magic | u16 version | u16 0 | u32 salt | u64 index of the first record | u32 CRC-32C of the above | u32 salt
 * ```
 * `unsynced`: so many of the entries before this one were not known to be synced when it was written. Whatever
 * is before those had been, and must be there whatever has happened since.
 *
 * The record's checksum starts from the segment's random salt, so bytes that a client sends cannot pass
 * for a record when the recovery looks for one behind a damaged place. The salt stands twice: where one of
 * them is damaged, the other still tells what the segment holds.
 */
import { crc32c } from '../../../harness/core/crc32c.ts';

/** In front of the kind. */
const recordMagic = 0x414b4a;
const segmentMagic = 0x414b4a53;
const version = 2;
const twoTo32 = 0x1_0000_0000;

const unsyncedMost = 0xffff_ffff;

const kindAt = 3;

export const recordHeaderBytes = 24;
export const segmentHeaderBytes = 28;

/**
 * `entry`: what somebody appended. The others make up checkpoints, of which each begins with a segment:
 * `body`: a batch that lay in a segment that is to go. `state`: what to replay instead of all that was before.
 * `end`: the checkpoint is complete; its payload is a u32, the segment where it began. `attested`: and synced.
 */
export const recordKinds = ['entry', 'body', 'state', 'end', 'attested'] as const;
export type RecordKind = (typeof recordKinds)[number];

export interface SegmentHeader {
  readonly salt: number;
  readonly firstIndex: number;
}

export function encodeSegmentHeader(header: SegmentHeader): Buffer {
  const bytes = Buffer.alloc(segmentHeaderBytes);
  bytes.writeUInt32BE(segmentMagic, 0);
  bytes.writeUInt16BE(version, 4);
  bytes.writeUInt32BE(header.salt, 8);
  writeIndex(bytes, header.firstIndex, 12);
  bytes.writeUInt32BE(crc32c(bytes, 0, 20), 20);
  bytes.writeUInt32BE(header.salt, 24);
  return bytes;
}

/** Undefined when these bytes are no intact header of this version. */
export function decodeSegmentHeader(bytes: Buffer): SegmentHeader | undefined {
  if (bytes.length < segmentHeaderBytes) return undefined;
  if (bytes.readUInt32BE(0) !== segmentMagic || bytes.readUInt16BE(4) !== version) return undefined;
  if (bytes.readUInt32BE(20) !== crc32c(bytes, 0, 20)) return undefined;
  const salt = bytes.readUInt32BE(8);
  return salt === bytes.readUInt32BE(24) ? { salt, firstIndex: readIndex(bytes, 12) } : undefined;
}

/** Of a damaged header: what its salt may have been. */
export function possibleSalts(bytes: Buffer): readonly number[] {
  if (bytes.length < segmentHeaderBytes) return [];
  return [...new Set([bytes.readUInt32BE(8), bytes.readUInt32BE(24)])];
}

/** @param synced entries below it are known to be synced */
export function encodeRecordHeader(
  index: number,
  synced: number,
  chunks: readonly Buffer[],
  salt: number,
  kind: RecordKind = 'entry',
): Buffer {
  let length = 0;
  for (const chunk of chunks) length += chunk.length;
  const header = Buffer.allocUnsafe(recordHeaderBytes);
  header.writeUIntBE(recordMagic, 0, 3);
  header.writeUInt8(recordKinds.indexOf(kind), kindAt);
  header.writeUInt32BE(length, 4);
  writeIndex(header, index, 8);
  header.writeUInt32BE(Math.min(index - synced, unsyncedMost), 16);
  let crc = crc32c(header, kindAt, 20, salt);
  for (const chunk of chunks) crc = crc32c(chunk, 0, chunk.length, crc);
  header.writeUInt32BE(crc, 20);
  return header;
}

export interface JournalRecord {
  readonly kind: RecordKind;
  readonly index: number;
  /** Entries below it had been synced when the record was written. */
  readonly synced: number;
  /** Bounds of its payload. */
  readonly from: number;
  readonly to: number;
}

/** The record that starts at `at`; undefined when none does that is intact. */
export function readRecord(bytes: Buffer, at: number, salt: number): JournalRecord | undefined {
  const from = at + recordHeaderBytes;
  if (from > bytes.length || bytes.readUIntBE(at, 3) !== recordMagic) return undefined;
  const to = from + bytes.readUInt32BE(at + 4);
  if (to > bytes.length) return undefined;
  const crc = crc32c(bytes, from, to, crc32c(bytes, at + kindAt, at + 20, salt));
  if (crc !== bytes.readUInt32BE(at + 20)) return undefined;
  const index = readIndex(bytes, at + 8);
  const kind = recordKinds[bytes.readUInt8(at + kindAt)];
  if (kind === undefined) return undefined;
  const unsynced = bytes.readUInt32BE(at + 16);
  return { kind, index, synced: unsynced === unsyncedMost ? 0 : index - unsynced, from, to };
}

/** The first intact record that starts at `at` or after it, wherever; undefined when there is none. */
export function findRecord(bytes: Buffer, at: number, salt: number): JournalRecord | undefined {
  const mark = Buffer.alloc(3);
  mark.writeUIntBE(recordMagic, 0, 3);
  for (let next = bytes.indexOf(mark, at); next >= 0; next = bytes.indexOf(mark, next + 1)) {
    const record = readRecord(bytes, next, salt);
    if (record !== undefined) return record;
  }
  return undefined;
}

/** The payload of an `end`. */
export function encodeSegment(segment: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(segment);
  return bytes;
}

function writeIndex(into: Buffer, index: number, at: number): void {
  into.writeUInt32BE(Math.floor(index / twoTo32), at);
  into.writeUInt32BE(index % twoTo32, at + 4);
}

function readIndex(from: Buffer, at: number): number {
  return from.readUInt32BE(at) * twoTo32 + from.readUInt32BE(at + 4);
}
