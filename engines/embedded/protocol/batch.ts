/**
 * A batch of messages as it crosses the wire and lies in the journal.
 *
 * ```
 * u32 count
 * count × ( u32 start | u32 keyBytes + 1, 0 for no key | u32 headerBytes )
 * messages: key, headers, body, one after another; `start` counts from the first message's first byte
 * ```
 * The table in front lets a queue hand out the seventh message without reading the six before it.
 * Headers: u16 count, then per header two texts (u16 length, UTF-8).
 */
import { ByteReader, ByteWriter, ProtocolError } from './bytes.ts';

const countBytes = 4;
const rowBytes = 12;

export interface BatchMessage {
  readonly key: Buffer | undefined;
  /** Encoded by `encodeHeaders`. */
  readonly headers: Buffer | undefined;
  readonly body: Buffer;
}

export function messageBytes(message: BatchMessage): number {
  return (message.key?.length ?? 0) + (message.headers?.length ?? 0) + message.body.length;
}

/** What the batch adds to a message's own bytes. */
export const batchOverheadBytes = rowBytes;

export function batchBytes(messages: readonly BatchMessage[]): number {
  let bytes = countBytes + messages.length * rowBytes;
  for (const message of messages) bytes += messageBytes(message);
  return bytes;
}

/** Writes `batchBytes(messages)` bytes at `at`. */
export function writeBatch(messages: readonly BatchMessage[], into: Buffer, at: number): void {
  into.writeUInt32BE(messages.length, at);
  let row = at + countBytes;
  const first = row + messages.length * rowBytes;
  let next = first;
  for (const message of messages) {
    into.writeUInt32BE(next - first, row);
    into.writeUInt32BE(message.key === undefined ? 0 : message.key.length + 1, row + 4);
    into.writeUInt32BE(message.headers?.length ?? 0, row + 8);
    row += rowBytes;
    if (message.key !== undefined) next += message.key.copy(into, next);
    if (message.headers !== undefined) next += message.headers.copy(into, next);
    next += message.body.copy(into, next);
  }
}

export function encodeBatch(messages: readonly BatchMessage[]): Buffer {
  const batch = Buffer.allocUnsafe(batchBytes(messages));
  writeBatch(messages, batch, 0);
  return batch;
}

/**
 * A batch of messages that have neither keys nor headers, and bodies of one length, which are written where they lie.
 * @param write all bodies, one after the other from that byte on
 */
export function encodeAlike(
  count: number,
  bodyBytes: number,
  write: (into: Buffer, at: number) => void,
): Buffer {
  const first = countBytes + count * rowBytes;
  const batch = Buffer.allocUnsafe(first + count * bodyBytes);
  batch.writeUInt32BE(count, 0);
  batch.fill(0, countBytes, first);
  for (let index = 0; index < count; index += 1) {
    batch.writeUInt32BE(index * bodyBytes, countBytes + index * rowBytes);
  }
  write(batch, first);
  return batch;
}

/** Random access to the messages of a validated batch; everything returned is a view of it. */
export class BatchView {
  readonly bytes: Buffer;
  readonly count: number;
  readonly #first: number;

  private constructor(bytes: Buffer, count: number) {
    this.bytes = bytes;
    this.count = count;
    this.#first = countBytes + count * rowBytes;
  }

  /** For bytes of a peer: checks every row. @throws ProtocolError */
  static parse(bytes: Buffer): BatchView {
    const count = bytes.length < countBytes ? 0 : bytes.readUInt32BE(0);
    if (count === 0) throw new ProtocolError('a batch without messages');
    if (count > (bytes.length - countBytes) / rowBytes) {
      throw new ProtocolError('a batch announces more messages than it can hold');
    }
    const view = new BatchView(bytes, count);
    for (let index = 0; index < count; index += 1) {
      const start = view.#start(index) - view.#first;
      const parts = view.#keyBytes(index) + view.#headerBytes(index);
      const end = view.#start(index + 1) - view.#first;
      if ((index === 0 && start !== 0) || end < start + parts) {
        throw new ProtocolError('the messages of a batch overlap');
      }
      if (view.#first + end > bytes.length)
        throw new ProtocolError('a message ends after its batch');
    }
    return view;
  }

  /** For bytes that were parsed before they were stored. */
  static trusted(bytes: Buffer): BatchView {
    return new BatchView(bytes, bytes.readUInt32BE(0));
  }

  #row(index: number): number {
    return countBytes + index * rowBytes;
  }

  #start(index: number): number {
    return index >= this.count
      ? this.bytes.length
      : this.#first + this.bytes.readUInt32BE(this.#row(index));
  }

  #keyBytes(index: number): number {
    return Math.max(0, this.bytes.readUInt32BE(this.#row(index) + 4) - 1);
  }

  #headerBytes(index: number): number {
    return this.bytes.readUInt32BE(this.#row(index) + 8);
  }

  messageBytes(index: number): number {
    return this.#start(index + 1) - this.#start(index);
  }

  key(index: number): Buffer | undefined {
    if (this.bytes.readUInt32BE(this.#row(index) + 4) === 0) return undefined;
    const at = this.#start(index);
    return this.bytes.subarray(at, at + this.#keyBytes(index));
  }

  headers(index: number): Buffer | undefined {
    const length = this.#headerBytes(index);
    if (length === 0) return undefined;
    const at = this.#start(index) + this.#keyBytes(index);
    return this.bytes.subarray(at, at + length);
  }

  body(index: number): Buffer {
    return this.bytes.subarray(this.bodyFrom(index), this.bodyTo(index));
  }

  /** Where its body lies in the bytes of the batch, for whoever needs no view of it. */
  bodyFrom(index: number): number {
    return this.#start(index) + this.#keyBytes(index) + this.#headerBytes(index);
  }

  bodyTo(index: number): number {
    return this.#start(index + 1);
  }
}

export function encodeHeaders(
  headers: Readonly<Record<string, string>> | undefined,
): Buffer | undefined {
  if (headers === undefined) return undefined;
  const entries = Object.entries(headers);
  const writer = new ByteWriter().u16(entries.length);
  for (const [name, value] of entries) writer.text(name).text(value);
  return writer.finish();
}

/** @throws ProtocolError */
export function decodeHeaders(
  bytes: Buffer | undefined,
): Readonly<Record<string, string>> | undefined {
  if (bytes === undefined) return undefined;
  const reader = new ByteReader(bytes);
  const count = reader.u16();
  const entries: [string, string][] = [];
  for (let index = 0; index < count; index += 1) entries.push([reader.text(), reader.text()]);
  reader.end();
  // `fromEntries` defines own properties, so a header named __proto__ stays a header.
  return Object.fromEntries(entries);
}
