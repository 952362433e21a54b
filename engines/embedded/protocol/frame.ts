import { ByteReader, ByteWriter, ProtocolError } from './bytes.ts';
import { responseBit } from './protocol.ts';

const lengthBytes = 4;
const correlationAt = 6;
export const requestHeaderBytes = 10;
export const responseHeaderBytes = 12;

/**
 * Cuts a byte stream into frames, length included. Frames that lie within one chunk are views of it; a
 * frame that spans chunks is copied once.
 */
export class FrameDecoder {
  readonly #maxBytes: number;
  /** First bytes of the next frame while even its length is incomplete. */
  readonly #prefix = Buffer.alloc(lengthBytes);
  #prefixBytes = 0;
  #partial: Buffer | undefined;
  #filled = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** @throws ProtocolError when a length is impossible; the stream cannot be read any further then */
  push(chunk: Buffer, onFrame: (frame: Buffer) => void): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#partial !== undefined) at = this.#fill(this.#partial, chunk, at, onFrame);
      else if (this.#prefixBytes > 0) at = this.#fillPrefix(chunk, at);
      else at = this.#slice(chunk, at, onFrame);
    }
  }

  #slice(chunk: Buffer, at: number, onFrame: (frame: Buffer) => void): number {
    const left = chunk.length - at;
    if (left < lengthBytes) return this.#fillPrefix(chunk, at);
    const total = this.#totalBytes(chunk.readUInt32BE(at));
    if (left >= total) {
      onFrame(chunk.subarray(at, at + total));
      return at + total;
    }
    this.#begin(total);
    return at;
  }

  #fillPrefix(chunk: Buffer, at: number): number {
    const copied = chunk.copy(
      this.#prefix,
      this.#prefixBytes,
      at,
      at + lengthBytes - this.#prefixBytes,
    );
    this.#prefixBytes += copied;
    if (this.#prefixBytes === lengthBytes) {
      const partial = this.#begin(this.#totalBytes(this.#prefix.readUInt32BE(0)));
      this.#prefix.copy(partial);
      this.#filled = lengthBytes;
      this.#prefixBytes = 0;
    }
    return at + copied;
  }

  #fill(partial: Buffer, chunk: Buffer, at: number, onFrame: (frame: Buffer) => void): number {
    const copied = chunk.copy(partial, this.#filled, at);
    this.#filled += copied;
    if (this.#filled === partial.length) {
      this.#partial = undefined;
      onFrame(partial);
    }
    return at + copied;
  }

  #begin(total: number): Buffer {
    this.#partial = Buffer.allocUnsafe(total);
    this.#filled = 0;
    return this.#partial;
  }

  #totalBytes(length: number): number {
    if (length + lengthBytes < requestHeaderBytes || length + lengthBytes > this.#maxBytes) {
      throw new ProtocolError(
        `a frame announces ${length} bytes, allowed are 6 to ${this.#maxBytes - lengthBytes}`,
      );
    }
    return length + lengthBytes;
  }
}

/** A writer whose first bytes are the request's header; finish it with `sealRequest`. */
export function beginRequest(api: number, capacity = 128): ByteWriter {
  return new ByteWriter(capacity).u32(0).u16(api).u32(0);
}

export function sealRequest(writer: ByteWriter): Buffer {
  const frame = writer.finish();
  frame.writeUInt32BE(frame.length - lengthBytes, 0);
  return frame;
}

/** A frame that is sent again gets a new number in place: its bytes are kept, not its identity. */
export function setCorrelation(frame: Buffer, correlation: number): void {
  frame.writeUInt32BE(correlation, correlationAt);
}

export function apiOf(frame: Buffer): number {
  return frame.readUInt16BE(lengthBytes);
}

export function correlationOf(frame: Buffer): number {
  return frame.readUInt32BE(correlationAt);
}

/** Undefined when the frame is too short to be a response. */
export function statusOf(response: Buffer): number | undefined {
  return response.length < responseHeaderBytes
    ? undefined
    : response.readUInt16BE(requestHeaderBytes);
}

export function requestBody(frame: Buffer): ByteReader {
  return new ByteReader(frame, requestHeaderBytes);
}

/** The header of a response whose body of `bodyBytes` is written right after it. */
export function responseHeader(
  api: number,
  correlation: number,
  status: number,
  bodyBytes: number,
): Buffer {
  const header = Buffer.allocUnsafe(responseHeaderBytes);
  header.writeUInt32BE(responseHeaderBytes - lengthBytes + bodyBytes, 0);
  header.writeUInt16BE(api | responseBit, lengthBytes);
  header.writeUInt32BE(correlation, correlationAt);
  header.writeUInt16BE(status, requestHeaderBytes);
  return header;
}
