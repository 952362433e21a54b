/**
 * One journal record, big-endian:
 *
 * ```
 * u32 magic | u32 payload length | u64 index | u32 CRC-32C of length, index and payload | payload
 * ```
 * and in front of each segment's first record:
 *
 * ```
 * u32 magic | u16 version | u16 0 | u32 salt | u64 index of the first record | u32 CRC-32C of the above
 * ```
 * The record's checksum starts from the segment's random salt, so bytes that a client sends cannot pass
 * for a record when the recovery looks for one behind a damaged place.
 */
import { crc32c } from '../../../harness/core/crc32c.ts';

const recordMagic = 0x414b4a52;
const segmentMagic = 0x414b4a53;
const version = 1;
const twoTo32 = 0x1_0000_0000;

export const recordHeaderBytes = 20;
export const segmentHeaderBytes = 24;

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
  return bytes;
}

/** Undefined when these bytes are no intact header of this version. */
export function decodeSegmentHeader(bytes: Buffer): SegmentHeader | undefined {
  if (bytes.length < segmentHeaderBytes) return undefined;
  if (bytes.readUInt32BE(0) !== segmentMagic || bytes.readUInt16BE(4) !== version) return undefined;
  if (bytes.readUInt32BE(20) !== crc32c(bytes, 0, 20)) return undefined;
  return { salt: bytes.readUInt32BE(8), firstIndex: readIndex(bytes, 12) };
}

export function encodeRecordHeader(index: number, chunks: readonly Buffer[], salt: number): Buffer {
  let length = 0;
  for (const chunk of chunks) length += chunk.length;
  const header = Buffer.allocUnsafe(recordHeaderBytes);
  header.writeUInt32BE(recordMagic, 0);
  header.writeUInt32BE(length, 4);
  writeIndex(header, index, 8);
  let crc = crc32c(header, 4, 16, salt);
  for (const chunk of chunks) crc = crc32c(chunk, 0, chunk.length, crc);
  header.writeUInt32BE(crc, 16);
  return header;
}

export type RecordRead =
  | { readonly found: 'record'; readonly index: number; readonly from: number; readonly to: number }
  /** No intact record starts here. */
  | { readonly found: 'damage' };

/** Reads the record at `at`; `from` and `to` bound its payload. */
export function readRecord(bytes: Buffer, at: number, salt: number): RecordRead {
  const from = at + recordHeaderBytes;
  if (from > bytes.length || bytes.readUInt32BE(at) !== recordMagic) return { found: 'damage' };
  const to = from + bytes.readUInt32BE(at + 4);
  if (to > bytes.length) return { found: 'damage' };
  const crc = crc32c(bytes, from, to, crc32c(bytes, at + 4, at + 16, salt));
  if (crc !== bytes.readUInt32BE(at + 16)) return { found: 'damage' };
  return { found: 'record', index: readIndex(bytes, at + 8), from, to };
}

/** The first place at or after `at` where an intact record starts; undefined when there is none. */
export function findRecord(bytes: Buffer, at: number, salt: number): number | undefined {
  const mark = Buffer.alloc(4);
  mark.writeUInt32BE(recordMagic, 0);
  for (let next = bytes.indexOf(mark, at); next >= 0; next = bytes.indexOf(mark, next + 1)) {
    if (readRecord(bytes, next, salt).found === 'record') return next;
  }
  return undefined;
}

function writeIndex(into: Buffer, index: number, at: number): void {
  into.writeUInt32BE(Math.floor(index / twoTo32), at);
  into.writeUInt32BE(index % twoTo32, at + 4);
}

function readIndex(from: Buffer, at: number): number {
  return from.readUInt32BE(at) * twoTo32 + from.readUInt32BE(at + 4);
}
