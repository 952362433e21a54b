import { ProtocolError } from './protocol-error.ts';

const firstBytes = 256;
const wordSize = 2 ** 32;

/** Writes the wire format of Protocol Buffers (https://protobuf.dev/programming-guides/encoding). */
export class ProtobufWriter {
  #bytes = Buffer.allocUnsafe(firstBytes);
  #length = 0;

  /** What was written so far, as a view: the writer is not used any more. */
  finish(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  tag(field: number, wireType: number): void {
    this.varint(field * 8 + wireType);
  }

  /** A safe integer; below zero its 64 bits in two's complement, as Java has them. */
  varint(value: number): void {
    if (!Number.isSafeInteger(value)) throw new ProtocolError(`${value} is no integer of 53 bits`);
    this.#reserve(10);
    let low = value >>> 0;
    let high = Math.floor(value / wordSize) >>> 0;
    while (high > 0 || low > 0x7f) {
      this.#bytes[this.#length] = (low & 0x7f) | 0x80;
      this.#length += 1;
      low = ((low >>> 7) | (high << 25)) >>> 0;
      high >>>= 7;
    }
    this.#bytes[this.#length] = low;
    this.#length += 1;
  }

  bytes(value: Uint8Array): void {
    this.varint(value.length);
    this.#reserve(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
  }

  string(value: string): void {
    const length = Buffer.byteLength(value);
    this.varint(length);
    this.#reserve(length);
    this.#length += this.#bytes.write(value, this.#length, 'utf8');
  }

  #reserve(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2));
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
  }
}
