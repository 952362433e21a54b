import { crc32c } from './crc32c.ts';

/**
 * The 64 bytes at the start of every payload: who sent it, which message it is, and when it should have
 * been sent. Little-endian. The CRC covers the header only; the body is a seeded template that the
 * consumer compares with `Buffer.compare`, which is far cheaper than a checksum in JavaScript.
 */
export const headerBytes = 64;
const magic = 0x4d4b4341; // "ACKM"

export interface MessageHeader {
  /** The cell's identity: a message of another run or cell is a phantom, whatever else it says. */
  run: number;
  lane: number;
  seq: number;
  /** 1 for the first send of a message by the harness. */
  attempt: number;
  /** Producer incarnation, 0 for the first. */
  epoch: number;
  /** The instant of the timetable, nanoseconds since the run's origin. */
  intendedNs: number;
  /** When this attempt was handed to the client, on the same clock. */
  sentNs: number;
  parentLane: number;
  parentSeq: number;
  transaction: number;
  expectedRoute: number;
  /** Bytes after the header. */
  bodyBytes: number;
  /** Sent while the load warmed up: judged as any other, left out of every latency figure. */
  warmup: boolean;
}

export type HeaderVerdict = 'intact' | 'too-short' | 'not-a-message' | 'checksum';

export function writeHeader(into: Buffer, header: MessageHeader): void {
  into.writeUInt32LE(magic, 0);
  into.writeUInt32LE(header.run, 4);
  into.writeUInt32LE(header.lane, 8);
  into.writeUInt32LE(header.seq, 12);
  into.writeDoubleLE(header.intendedNs, 16);
  into.writeUInt32LE(header.parentLane, 24);
  into.writeUInt32LE(header.parentSeq, 28);
  into.writeUInt32LE(header.transaction, 32);
  into.writeUInt16LE(header.epoch, 36);
  into.writeUInt16LE(header.attempt, 38);
  into.writeUInt32LE(header.expectedRoute, 40);
  into.writeUInt32LE(header.bodyBytes, 44);
  into.writeDoubleLE(header.sentNs, 48);
  into.writeUInt32LE(header.warmup ? 1 : 0, 56);
  into.writeUInt32LE(crc32c(into, 0, 60), 60);
}

/** Fills `into` and says whether it can be believed; on any other verdict than `intact` it cannot. */
export function readHeader(from: Buffer, into: MessageHeader): HeaderVerdict {
  if (from.length < headerBytes) return 'too-short';
  if (from.readUInt32LE(0) !== magic) return 'not-a-message';
  if (from.readUInt32LE(60) !== crc32c(from, 0, 60)) return 'checksum';
  into.run = from.readUInt32LE(4);
  into.lane = from.readUInt32LE(8);
  into.seq = from.readUInt32LE(12);
  into.intendedNs = from.readDoubleLE(16);
  into.parentLane = from.readUInt32LE(24);
  into.parentSeq = from.readUInt32LE(28);
  into.transaction = from.readUInt32LE(32);
  into.epoch = from.readUInt16LE(36);
  into.attempt = from.readUInt16LE(38);
  into.expectedRoute = from.readUInt32LE(40);
  into.bodyBytes = from.readUInt32LE(44);
  into.sentNs = from.readDoubleLE(48);
  into.warmup = (from.readUInt32LE(56) & 1) === 1;
  return 'intact';
}

export function emptyHeader(): MessageHeader {
  return {
    run: 0,
    lane: 0,
    seq: 0,
    attempt: 1,
    epoch: 0,
    intendedNs: 0,
    sentNs: 0,
    parentLane: 0xffff_ffff,
    parentSeq: 0,
    transaction: 0,
    expectedRoute: 0,
    bodyBytes: 0,
    warmup: false,
  };
}
