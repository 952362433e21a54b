import { crc32c } from '../../../harness/core/crc32c.ts';

export const simulatedBytes = 12;

/** What a simulated message says of itself. */
export interface MessageId {
  readonly lane: number;
  readonly seq: number;
}

/** lane, seq and a checksum over both, 32 bits each, `simulatedBytes` in all. @returns where they end */
export function writeMessage(lane: number, seq: number, into: Buffer, at: number): number {
  into.writeUInt32BE(lane, at);
  into.writeUInt32BE(seq, at + 4);
  into.writeUInt32BE(crc32c(into, at, at + 8), at + 8);
  return at + simulatedBytes;
}

export function encodeMessage({ lane, seq }: MessageId): Buffer {
  const body = Buffer.allocUnsafe(simulatedBytes);
  writeMessage(lane, seq, body, 0);
  return body;
}

/** Undefined for anything but what `writeMessage` wrote there. */
export function decodeMessage(bytes: Buffer, from = 0, to = bytes.length): MessageId | undefined {
  if (to - from !== simulatedBytes) return undefined;
  if (bytes.readUInt32BE(from + 8) !== crc32c(bytes, from, from + 8)) return undefined;
  return { lane: bytes.readUInt32BE(from), seq: bytes.readUInt32BE(from + 4) };
}
