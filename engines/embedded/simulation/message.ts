import { crc32c } from '../../../harness/core/crc32c.ts';

const bytes = 12;

/** What a simulated message says of itself. */
export interface MessageId {
  readonly lane: number;
  readonly seq: number;
}

/** lane, seq and a checksum over both, 32 bits each. */
export function encodeMessage({ lane, seq }: MessageId): Buffer {
  const body = Buffer.allocUnsafe(bytes);
  body.writeUInt32BE(lane, 0);
  body.writeUInt32BE(seq, 4);
  body.writeUInt32BE(crc32c(body, 0, 8), 8);
  return body;
}

/** Undefined for anything but what `encodeMessage` made. */
export function decodeMessage(body: Buffer): MessageId | undefined {
  if (body.length !== bytes || body.readUInt32BE(8) !== crc32c(body, 0, 8)) return undefined;
  return { lane: body.readUInt32BE(0), seq: body.readUInt32BE(4) };
}
