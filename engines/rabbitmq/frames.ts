/** A method frame, as far as anybody here needs it. */
export interface MethodFrame {
  readonly channel: number;
  /** Class in the upper 16 bits, method in the lower. */
  readonly id: number;
  /** The first bytes after class and method, at most 9; borrowed until the callback returns. */
  readonly arguments: Buffer;
}

/**
 * `bytes` is the whole frame (or an undecodable rest) where frames are kept, and empty elsewhere; `method` is
 * absent for content, heartbeats and anything that is no AMQP.
 */
export type OnFrame = (bytes: Buffer, method: MethodFrame | undefined) => void;

interface Reading {
  /** The client begins with 8 bytes that are no frame: `AMQP` 0 0 9 1. */
  readonly protocolHeader: boolean;
  /** Server frames are handed on whole; of the client's only the beginning of a method is looked at. */
  readonly keepFrames: boolean;
}

const headerBytes = 7;
/** Frame header, class, method, a delivery tag and its flags. */
const prefixBytes = headerBytes + 4 + 9;
const methodType = 1;
const heartbeatType = 8;
const frameEnd = 0xce;
/** No broker negotiates frames as large as this; a larger size means that we have lost the thread. */
const frameBytesMost = 256 * 1024 * 1024;
const nothing = Buffer.alloc(0);

/**
 * Cuts a byte stream into AMQP frames. Where the stream is not AMQP (a rejected protocol header, TLS,
 * garbage) it gives up deciding and hands every byte on as it came: a proxy must not hold what it does not
 * understand.
 */
export class FrameReader {
  readonly #keep: boolean;
  readonly #prefix = Buffer.alloc(prefixBytes);
  #skip: number;
  /** Bytes of the current frame seen so far, and in all; 0 in all = header not complete. */
  #seen = 0;
  #total = 0;
  #parts: Buffer[] = [];
  #lost = false;

  constructor({ protocolHeader, keepFrames }: Reading) {
    this.#skip = protocolHeader ? 8 : 0;
    this.#keep = keepFrames;
  }

  read(chunk: Buffer, onFrame: OnFrame): void {
    let rest = chunk;
    if (this.#skip > 0) {
      const skipped = Math.min(this.#skip, rest.length);
      this.#skip -= skipped;
      rest = rest.subarray(skipped);
    }
    while (rest.length > 0 && !this.#lost) rest = this.#step(rest, onFrame);
    if (this.#lost && this.#keep && (rest.length > 0 || this.#parts.length > 0)) {
      onFrame(Buffer.concat([...this.#parts.splice(0), rest]), undefined);
    }
  }

  /** Consumes bytes up to the end of the header or of the frame and returns the rest. */
  #step(bytes: Buffer, onFrame: OnFrame): Buffer {
    const until = this.#total === 0 ? headerBytes : this.#total;
    const taken = bytes.subarray(0, until - this.#seen);
    if (this.#seen < prefixBytes) taken.copy(this.#prefix, this.#seen);
    if (this.#keep) this.#parts.push(taken);
    this.#seen += taken.length;
    const rest = bytes.subarray(taken.length);
    if (this.#total === 0) {
      if (this.#seen === headerBytes) this.#enterFrame();
    } else if (this.#seen === this.#total) {
      if (taken[taken.length - 1] === frameEnd) this.#leaveFrame(onFrame);
      else this.#lost = true;
    }
    return rest;
  }

  #enterFrame(): void {
    const type = this.#prefix.readUInt8(0);
    const size = this.#prefix.readUInt32BE(3);
    const known = (type >= methodType && type <= 3) || type === heartbeatType;
    if (!known || size > frameBytesMost) this.#lost = true;
    else this.#total = headerBytes + size + 1;
  }

  #leaveFrame(onFrame: OnFrame): void {
    const end = Math.min(this.#total - 1, prefixBytes);
    const isMethod = this.#prefix.readUInt8(0) === methodType && end >= headerBytes + 4;
    const method = isMethod
      ? {
          channel: this.#prefix.readUInt16BE(1),
          id: this.#prefix.readUInt32BE(headerBytes),
          arguments: this.#prefix.subarray(headerBytes + 4, end),
        }
      : undefined;
    const [first = nothing, ...others] = this.#parts.splice(0);
    this.#seen = 0;
    this.#total = 0;
    onFrame(others.length === 0 ? first : Buffer.concat([first, ...others]), method);
  }
}
