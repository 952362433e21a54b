/** CRC-32C (Castagnoli, RFC 3720 appendix B.4), slicing by four; node:zlib has the other polynomial only. */
const tables: readonly [Uint32Array, Uint32Array, Uint32Array, Uint32Array] = [
  new Uint32Array(256),
  new Uint32Array(256),
  new Uint32Array(256),
  new Uint32Array(256),
];

for (let n = 0; n < 256; n += 1) {
  let c = n;
  for (let k = 0; k < 8; k += 1) c = c & 1 ? (c >>> 1) ^ 0x82f63b78 : c >>> 1;
  tables[0][n] = c >>> 0;
}
for (let n = 0; n < 256; n += 1) {
  for (let t = 1; t < 4; t += 1) {
    const previous = (tables[t - 1] as Uint32Array)[n] as number;
    (tables[t] as Uint32Array)[n] =
      ((previous >>> 8) ^ (tables[0][previous & 255] as number)) >>> 0;
  }
}
const [t0, t1, t2, t3] = tables;

/** @param previous the checksum of what came before, to go on over several pieces; 0 to begin */
export function crc32c(bytes: Uint8Array, from = 0, to = bytes.length, previous = 0): number {
  let crc = previous ^ 0xffffffff;
  let i = from;
  for (; i + 4 <= to; i += 4) {
    const x =
      crc ^
      ((bytes[i] as number) |
        ((bytes[i + 1] as number) << 8) |
        ((bytes[i + 2] as number) << 16) |
        ((bytes[i + 3] as number) << 24));
    crc =
      (t3[x & 255] as number) ^
      (t2[(x >>> 8) & 255] as number) ^
      (t1[(x >>> 16) & 255] as number) ^
      (t0[x >>> 24] as number);
  }
  for (; i < to; i += 1) crc = (crc >>> 8) ^ (t0[(crc ^ (bytes[i] as number)) & 255] as number);
  return (crc ^ 0xffffffff) >>> 0;
}

/** As `crc32c` of the first `words` little-endian words, without taking them apart into bytes. */
export function crc32cOfWords(of: Uint32Array, words: number): number {
  let crc = 0xffffffff;
  for (let i = 0; i < words; i += 1) {
    const x = crc ^ (of[i] as number);
    crc =
      (t3[x & 255] as number) ^
      (t2[(x >>> 8) & 255] as number) ^
      (t1[(x >>> 16) & 255] as number) ^
      (t0[x >>> 24] as number);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

/**
 * As `crc32cOfWords`, for blocks that differ from the one before in a few words: it changes by what the bits that changed
 * contribute at their place, because the checksum is linear. Headers of one batch differ in two of fifteen words.
 */
export class ChecksumOfNext {
  readonly #before: Uint32Array;
  /** For each word and each byte of it: what it contributes. */
  readonly #parts: Uint32Array;
  #crc: number;

  /** @param words of a block */
  constructor(words: number) {
    this.#before = new Uint32Array(words);
    this.#crc = crc32cOfWords(this.#before, words);
    this.#parts = contributions(words);
  }

  /** @param of its further words are left alone */
  take(of: Uint32Array): number {
    const before = this.#before;
    const parts = this.#parts;
    let crc = this.#crc;
    for (let at = 0; at < before.length; at += 1) {
      const word = of[at] as number;
      const changed = word ^ (before[at] as number);
      if (changed === 0) continue;
      before[at] = word;
      const part = at << 10;
      crc ^=
        (parts[part + (changed & 255)] as number) ^
        (parts[part + 256 + ((changed >>> 8) & 255)] as number) ^
        (parts[part + 512 + ((changed >>> 16) & 255)] as number) ^
        (parts[part + 768 + (changed >>> 24)] as number);
    }
    this.#crc = crc;
    return crc >>> 0;
  }
}

function contributions(words: number): Uint32Array {
  const parts = new Uint32Array(words << 10);
  const last = (words - 1) << 10;
  parts.set(t3, last);
  parts.set(t2, last + 256);
  parts.set(t1, last + 512);
  parts.set(t0, last + 768);
  for (let at = last - 1; at >= 0; at -= 1) {
    const x = parts[at + 1_024] as number;
    parts[at] =
      (t3[x & 255] as number) ^
      (t2[(x >>> 8) & 255] as number) ^
      (t1[(x >>> 16) & 255] as number) ^
      (t0[x >>> 24] as number);
  }
  return parts;
}
