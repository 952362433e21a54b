import { crc32c } from '../core/crc32c.ts';
import { eventBytes, historyVersion } from '../core/events.ts';

/**
 * The first 64 bytes of every segment file, in the byte order of the host that wrote it:
 *
 * | offset | type | field |
 * |---|---|---|
 * | 0 | 4 bytes | `ACKH` |
 * | 4 | u32 | 0x01020304: reads differently on a host of the other byte order |
 * | 8 | u32 | version of the event records |
 * | 12 | u32 | bytes of a record |
 * | 16 | u32 | the cell's identity, as in its message headers |
 * | 20 | u32 | state: 0 being written, 1 another segment follows, 2 the last |
 * | 24 | f64 | index of the first event, from 0 at the start of the cell |
 * | 32 | f64 | events in this segment; 0 while it is being written |
 * | 40 | u32 | CRC-32 of those events; 0 while it is being written |
 * | 60 | u32 | CRC-32C of the 60 bytes before |
 */
export const segmentHeaderBytes = 64;
export const segmentSuffix = '.ackh';

export const SegmentState = { open: 0, continued: 1, last: 2 } as const;
export type SegmentState = (typeof SegmentState)[keyof typeof SegmentState];

export interface SegmentHeader {
  readonly run: number;
  readonly state: SegmentState;
  readonly firstEvent: number;
  readonly events: number;
  readonly checksum: number;
}

export type HeaderReading =
  | { readonly ok: true; readonly header: SegmentHeader }
  | { readonly ok: false; readonly offset: number; readonly reason: string };

const magic = Buffer.from('ACKH', 'latin1');
const byteOrderMark = 0x01020304;
const foreignByteOrderMark = 0x04030201;
const checksumOffset = 60;

export function encodeSegmentHeader(header: SegmentHeader): Uint8Array {
  const bytes = new Uint8Array(segmentHeaderBytes);
  const words = new Uint32Array(bytes.buffer);
  const doubles = new Float64Array(bytes.buffer);
  bytes.set(magic);
  words[1] = byteOrderMark;
  words[2] = historyVersion;
  words[3] = eventBytes;
  words[4] = header.run;
  words[5] = header.state;
  doubles[3] = header.firstEvent;
  doubles[4] = header.events;
  words[10] = header.checksum;
  words[15] = crc32c(bytes, 0, checksumOffset);
  return bytes;
}

/** @param bytes the first bytes of the file, fewer than 64 when it is shorter */
export function decodeSegmentHeader(bytes: Uint8Array): HeaderReading {
  if (bytes.length < segmentHeaderBytes) return refuse(bytes.length, 'it ends within its header');
  const aligned = new Uint8Array(bytes.subarray(0, segmentHeaderBytes));
  const words = new Uint32Array(aligned.buffer);
  const doubles = new Float64Array(aligned.buffer);
  if (magic.compare(aligned, 0, magic.length) !== 0) return refuse(0, 'it is no history file');
  if (words[1] === foreignByteOrderMark) {
    return refuse(4, 'it was written on a host of the other byte order');
  }
  if (words[1] !== byteOrderMark) return refuse(4, 'its byte order mark is damaged');
  if (words[2] !== historyVersion) {
    return refuse(
      8,
      `it has version ${words[2]}, and this Ackmark reads version ${historyVersion}`,
    );
  }
  if (words[15] !== crc32c(aligned, 0, checksumOffset)) return refuse(60, 'its header is damaged');
  if (words[3] !== eventBytes) return refuse(12, `its records have ${words[3]} bytes`);
  const state = Object.values(SegmentState).find((known) => known === words[5]);
  if (state === undefined) return refuse(20, `its state ${words[5]} does not exist`);
  const header: SegmentHeader = {
    run: words[4] ?? 0,
    state,
    firstEvent: doubles[3] ?? 0,
    events: doubles[4] ?? 0,
    checksum: words[10] ?? 0,
  };
  return { ok: true, header };
}

function refuse(offset: number, reason: string): HeaderReading {
  return { ok: false, offset, reason };
}

export function segmentName(number: number): string {
  return `${String(number).padStart(5, '0')}${segmentSuffix}`;
}
