/** What a peer sent cannot be understood. The connection it came from is closed; nobody else is concerned. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
}

const twoTo32 = 0x1_0000_0000;
const maxTextBytes = 0xffff;

/** Big-endian reader; every read past the end is a `ProtocolError`, never a zero. */
export class ByteReader {
  readonly #bytes: Buffer;
  #at: number;

  constructor(bytes: Buffer, at = 0) {
    this.#bytes = bytes;
    this.#at = at;
  }

  #take(count: number): number {
    const at = this.#at;
    if (at + count > this.#bytes.length) throw new ProtocolError('a field ends after its frame');
    this.#at = at + count;
    return at;
  }

  u8(): number {
    return this.#bytes.readUInt8(this.#take(1));
  }

  u16(): number {
    return this.#bytes.readUInt16BE(this.#take(2));
  }

  u32(): number {
    return this.#bytes.readUInt32BE(this.#take(4));
  }

  /** At most 2^53 - 1, which is what a double holds exactly. */
  u64(): number {
    const at = this.#take(8);
    const value = this.#bytes.readUInt32BE(at) * twoTo32 + this.#bytes.readUInt32BE(at + 4);
    if (!Number.isSafeInteger(value)) throw new ProtocolError('an integer exceeds 2^53 - 1');
    return value;
  }

  text(): string {
    const length = this.u16();
    const at = this.#take(length);
    return this.#bytes.toString('utf8', at, at + length);
  }

  /** A view, not a copy. */
  bytes(count: number): Buffer {
    const at = this.#take(count);
    return this.#bytes.subarray(at, at + count);
  }

  rest(): Buffer {
    return this.bytes(this.#bytes.length - this.#at);
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  /** Trailing bytes mean that the two sides disagree about a format. */
  end(): void {
    if (this.#at !== this.#bytes.length) throw new ProtocolError('a frame has trailing bytes');
  }
}

/** Big-endian writer over a buffer that grows. */
export class ByteWriter {
  #bytes: Buffer;
  #length = 0;

  constructor(capacity = 128) {
    this.#bytes = Buffer.allocUnsafe(capacity);
  }

  get length(): number {
    return this.#length;
  }

  /** The buffer itself, to fill what was reserved; the next write may replace it. */
  view(): Buffer {
    return this.#bytes;
  }

  /** Makes room and returns where it starts; for callers that fill it themselves. */
  reserve(count: number): number {
    const at = this.#length;
    const needed = at + count;
    if (needed > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2));
      this.#bytes.copy(larger, 0, 0, at);
      this.#bytes = larger;
    }
    this.#length = needed;
    return at;
  }

  u8(value: number): this {
    const at = this.reserve(1);
    this.#bytes.writeUInt8(value, at);
    return this;
  }

  u16(value: number): this {
    const at = this.reserve(2);
    this.#bytes.writeUInt16BE(value, at);
    return this;
  }

  u32(value: number): this {
    const at = this.reserve(4);
    this.#bytes.writeUInt32BE(value, at);
    return this;
  }

  u64(value: number): this {
    const at = this.reserve(8);
    this.#bytes.writeUInt32BE(Math.floor(value / twoTo32), at);
    this.#bytes.writeUInt32BE(value % twoTo32, at + 4);
    return this;
  }

  /** @throws RangeError when the text has more than 65,535 bytes */
  text(value: string): this {
    const length = Buffer.byteLength(value);
    if (length > maxTextBytes) throw new RangeError(`a text of ${length} bytes exceeds 65,535`);
    this.u16(length);
    const at = this.reserve(length);
    this.#bytes.write(value, at, 'utf8');
    return this;
  }

  bytes(value: Buffer): this {
    const at = this.reserve(value.length);
    value.copy(this.#bytes, at);
    return this;
  }

  /** The bytes so far; the writer must not be used afterwards. */
  finish(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }
}
