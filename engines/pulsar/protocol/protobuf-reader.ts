import { ProtocolError } from './protocol-error.ts';

export const WireType = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

const longestVarint = 10;
const wordSize = 2 ** 32;

/** Reads the wire format of Protocol Buffers; whatever does not fit into the bytes is a `ProtocolError`. */
export class ProtobufReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /**
   * Ids are 64 bits wide, and Java's own −1 for "none" has all of them set: they are read as Java's `long`, and one that
   * a double cannot hold is refused instead of being rounded.
   */
  varint(): number {
    const first = this.#byte();
    if (first < 0x80) return first;
    let low = first & 0x7f;
    let high = 0;
    for (let index = 1; index < longestVarint; index += 1) {
      const byte = this.#byte();
      const bits = byte & 0x7f;
      const shift = index * 7;
      if (shift < 32) low |= bits << shift;
      if (shift > 25) high |= shift >= 32 ? bits << (shift - 32) : bits >>> (32 - shift);
      if (byte < 0x80) return joined(low, high);
    }
    throw new ProtocolError('a number of more than ten bytes');
  }

  /** A view. */
  bytes(): Buffer {
    const length = this.varint();
    const end = this.#at + length;
    if (length < 0 || end > this.#bytes.length) throw beyond();
    const found = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return found;
  }

  string(): string {
    return this.bytes().toString('utf8');
  }

  /** Of a field that nobody here knows. */
  skip(wireType: number): void {
    switch (wireType) {
      case WireType.varint:
        this.varint();
        return;
      case WireType.bytes:
        this.bytes();
        return;
      case WireType.fixed64:
        this.#move(8);
        return;
      case WireType.fixed32:
        this.#move(4);
        return;
      default:
        throw new ProtocolError(`a field of wire type ${wireType}`);
    }
  }

  #byte(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw beyond();
    this.#at += 1;
    return byte;
  }

  #move(bytes: number): void {
    this.#at += bytes;
    if (this.#at > this.#bytes.length) throw beyond();
  }
}

function joined(low: number, high: number): number {
  const value = (high | 0) * wordSize + (low >>> 0);
  if (!Number.isSafeInteger(value)) throw new ProtocolError('a number that no double can hold');
  return value;
}

const beyond = (): ProtocolError => new ProtocolError('a message that ends before its end');
