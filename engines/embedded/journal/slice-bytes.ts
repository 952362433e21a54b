import type { ByteReader, ByteWriter } from '../protocol/bytes.ts';
import type { EntrySlice } from './commit-log.ts';

/** Where a batch lies, as checkpoints have it: u32 segment, u32 position, u32 length. */
export function writeSlice(to: ByteWriter, { segment, position, length }: EntrySlice): ByteWriter {
  return to.u32(segment).u32(position).u32(length);
}

export function readSlice(from: ByteReader): EntrySlice {
  return { segment: from.u32(), position: from.u32(), length: from.u32() };
}
