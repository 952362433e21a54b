import { crc32c } from '../../../harness/core/crc32c.ts';
import { ProtocolError } from './protocol-error.ts';

const lengthBytes = 4;
/** Before the metadata of a payload: a checksum follows. */
const checksumMark = 0x0e01;
const checksumHeadBytes = 6;
/** Before that again, where the broker adds what it knows of an entry. */
const brokerMetadataMark = 0x0e02;
const brokerMetadataHeadBytes = 6;
/** A message of the largest size that a broker is ever configured for, and what stands before it. */
const longestFrameBytes = 128 * 1024 * 1024;
const nothing = Buffer.alloc(0);

/** `[total][size of the command][command]`, all sizes in four bytes, big-endian. */
export function simpleFrame(command: Buffer): Buffer {
  const frame = Buffer.allocUnsafe(2 * lengthBytes + command.length);
  frame.writeUInt32BE(lengthBytes + command.length, 0);
  frame.writeUInt32BE(command.length, lengthBytes);
  command.copy(frame, 2 * lengthBytes);
  return frame;
}

/**
 * A command with a payload: behind the command `[mark][CRC-32C of all that follows][size of the metadata][metadata]
 * [payload]` (https://pulsar.apache.org/docs/4.0.x/developing-binary-protocol/#payload-commands).
 */
export function payloadFrame(command: Buffer, metadata: Buffer, payload: Buffer): Buffer {
  const head = simpleFrameHead(command.length);
  const covered = lengthBytes + metadata.length + payload.length;
  const frame = Buffer.allocUnsafe(head + checksumHeadBytes + covered);
  frame.writeUInt32BE(frame.length - lengthBytes, 0);
  frame.writeUInt32BE(command.length, lengthBytes);
  command.copy(frame, 2 * lengthBytes);
  frame.writeUInt16BE(checksumMark, head);
  const from = head + checksumHeadBytes;
  frame.writeUInt32BE(metadata.length, from);
  metadata.copy(frame, from + lengthBytes);
  payload.copy(frame, from + lengthBytes + metadata.length);
  frame.writeUInt32BE(crc32c(frame, from), head + 2);
  return frame;
}

const simpleFrameHead = (commandBytes: number): number => 2 * lengthBytes + commandBytes;

/** A frame in its two parts, as views: the command, and what stands behind it. */
export interface Frame {
  readonly command: Buffer;
  readonly rest: Buffer;
}

/** @param bytes a whole frame with its length. @throws ProtocolError */
export function readFrame(bytes: Buffer): Frame {
  const commandEnd = bytes.length < 2 * lengthBytes ? -1 : simpleFrameHead(bytes.readUInt32BE(4));
  if (commandEnd < 0 || commandEnd > bytes.length) {
    throw new ProtocolError('a frame shorter than its command');
  }
  return {
    command: bytes.subarray(2 * lengthBytes, commandEnd),
    rest: bytes.subarray(commandEnd),
  };
}

/**
 * What stands behind the command of a message, as views.
 * @throws ProtocolError also where the checksum does not fit: bytes that changed on their way are nobody's message
 */
export function readPayload(rest: Buffer): {
  readonly metadata: Buffer;
  readonly payload: Buffer;
} {
  let at = 0;
  if (markAt(rest, at) === brokerMetadataMark) {
    at += brokerMetadataHeadBytes + sizeAt(rest, at + 2);
  }
  if (markAt(rest, at) === checksumMark) {
    const expected = sizeAt(rest, at + 2);
    at += checksumHeadBytes;
    if (crc32c(rest, at) !== expected) throw new ProtocolError('a message of another checksum');
  }
  const metadataAt = at + lengthBytes;
  const payloadAt = metadataAt + sizeAt(rest, at);
  if (payloadAt > rest.length) throw new ProtocolError('a frame shorter than its metadata');
  return { metadata: rest.subarray(metadataAt, payloadAt), payload: rest.subarray(payloadAt) };
}

const markAt = (bytes: Buffer, at: number): number =>
  at + 2 > bytes.length ? -1 : bytes.readUInt16BE(at);

function sizeAt(bytes: Buffer, at: number): number {
  if (at + lengthBytes > bytes.length) throw new ProtocolError('a frame that ends in its head');
  return bytes.readUInt32BE(at);
}

/** Cuts a stream into whole frames, whatever its chunks look like. */
export class FrameCutter {
  #held: Buffer[] = [];
  #heldBytes = 0;
  #wantedBytes = lengthBytes;

  /** How many bytes of a frame have come that is not whole yet. */
  get pendingBytes(): number {
    return this.#heldBytes;
  }

  /** Views of the chunk where a frame lies in one. @throws ProtocolError where a length cannot be one */
  push(chunk: Buffer): readonly Buffer[] {
    this.#held.push(chunk);
    this.#heldBytes += chunk.length;
    if (this.#heldBytes < this.#wantedBytes) return [];
    const bytes = this.#held.length === 1 ? chunk : Buffer.concat(this.#held, this.#heldBytes);
    const frames: Buffer[] = [];
    let at = 0;
    this.#wantedBytes = lengthBytes;
    while (bytes.length - at >= lengthBytes) {
      const length = lengthBytes + bytes.readUInt32BE(at);
      if (length > longestFrameBytes) throw new ProtocolError(`a frame of ${length} bytes`);
      this.#wantedBytes = length;
      if (bytes.length - at < length) break;
      frames.push(bytes.subarray(at, at + length));
      at += length;
      this.#wantedBytes = lengthBytes;
    }
    this.#held = at === bytes.length ? [] : [bytes.subarray(at)];
    this.#heldBytes = bytes.length - at;
    return frames;
  }

  /** What is left of the stream when it is not followed any more. */
  rest(): Buffer {
    const rest = this.#held.length === 0 ? nothing : Buffer.concat(this.#held, this.#heldBytes);
    this.#held = [];
    this.#heldBytes = 0;
    return rest;
  }
}
