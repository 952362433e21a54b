/** Most elements believed of an array: a corrupt length must not keep the proxy busy. */
const longestArray = 1_000_000;

/**
 * Reads the Kafka protocol's primitives. `flexible`: compact lengths and tagged fields (KIP-482). Throws
 * RangeError beyond the end of the frame.
 */
export class WireReader {
  readonly #frame: Buffer;
  readonly #flexible: boolean;
  #at: number;

  constructor(frame: Buffer, at: number, flexible: boolean) {
    this.#frame = frame;
    this.#at = at;
    this.#flexible = flexible;
  }

  int16(): number {
    const value = this.#frame.readInt16BE(this.#at);
    this.#at += 2;
    return value;
  }

  int32(): number {
    const value = this.#frame.readInt32BE(this.#at);
    this.#at += 4;
    return value;
  }

  skip(bytes: number): void {
    if (bytes < 0 || this.#at + bytes > this.#frame.length)
      throw new RangeError('beyond the frame');
    this.#at += bytes;
  }

  uuid(): string {
    return this.#take(16).toString('hex');
  }

  /** Null reads as empty: nothing here needs the difference. */
  string(): string {
    const length = this.#flexible ? this.#unsignedVarint() - 1 : this.int16();
    return this.#take(Math.max(0, length)).toString('utf8');
  }

  bytes(): Buffer {
    const length = this.#flexible ? this.#unsignedVarint() - 1 : this.int32();
    return this.#take(Math.max(0, length));
  }

  /** The client id is never compact, also in a flexible header. */
  skipPlainString(): void {
    this.skip(Math.max(0, this.int16()));
  }

  array(element: () => void): void {
    const length = this.#flexible ? this.#unsignedVarint() - 1 : this.int32();
    if (length > longestArray) throw new RangeError('too long an array');
    for (let i = 0; i < length; i += 1) element();
  }

  skipTags(): void {
    if (!this.#flexible) return;
    const count = this.#unsignedVarint();
    if (count > longestArray) throw new RangeError('too many tagged fields');
    for (let i = 0; i < count; i += 1) {
      this.#unsignedVarint();
      this.skip(this.#unsignedVarint());
    }
  }

  #take(bytes: number): Buffer {
    const from = this.#at;
    this.skip(bytes);
    return this.#frame.subarray(from, this.#at);
  }

  #unsignedVarint(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.#frame.readUInt8(this.#at);
      this.#at += 1;
      value += (byte & 0x7f) * 2 ** shift;
      if ((byte & 0x80) === 0) return value;
    }
    throw new RangeError('varint too long');
  }
}
