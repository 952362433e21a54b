import { invariant } from '../../harness/core/errors.ts';

/** One message of HTTP/1.1, with every byte of it. */
export interface HttpFrame {
  readonly bytes: Buffer;
  /** `POST / HTTP/1.1`, or `HTTP/1.1 200 OK`. */
  readonly startLine: string;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  /** Without the framing of chunks. */
  body(): Buffer;
}

interface Head {
  readonly startLine: string;
  readonly headers: ReadonlyMap<string, string>;
  readonly bytes: number;
}

const headMost = 65_536;
const bodyMost = 64 * 1024 * 1024;
const headEnd = Buffer.from('\r\n\r\n');
const lineEnd = Buffer.from('\r\n');

/**
 * Cuts a stream into the messages of HTTP/1.1 (RFC 9112): bodies with a length, in chunks, or none. Where a connection
 * says something else, it is `lost`, and what comes goes on uncut.
 */
export class HttpFrames {
  #waiting: Buffer = Buffer.alloc(0);
  #head: Head | undefined;
  #isLost = false;

  get isLost(): boolean {
    return this.#isLost;
  }

  read(chunk: Buffer): readonly HttpFrame[] {
    if (this.#isLost) return [uncut(chunk)];
    this.#waiting = this.#waiting.length === 0 ? chunk : Buffer.concat([this.#waiting, chunk]);
    const frames: HttpFrame[] = [];
    for (;;) {
      const frame = this.#next();
      if (frame !== undefined) frames.push(frame);
      else break;
    }
    if (!this.#isLost) return frames;
    const rest = this.#waiting;
    this.#waiting = Buffer.alloc(0);
    return rest.length === 0 ? frames : [...frames, uncut(rest)];
  }

  #next(): HttpFrame | undefined {
    this.#head ??= this.#readHead();
    const head = this.#head;
    if (head === undefined) return undefined;
    const bytes = frameBytes(this.#waiting, head);
    if (bytes === 'lost') this.#isLost = true;
    if (typeof bytes !== 'number' || bytes > this.#waiting.length) return undefined;
    const whole = this.#waiting.subarray(0, bytes);
    this.#waiting = this.#waiting.subarray(bytes);
    this.#head = undefined;
    const { startLine, headers } = head;
    return {
      bytes: whole,
      startLine,
      headers,
      body: () => bodyOf(whole.subarray(head.bytes), headers),
    };
  }

  #readHead(): Head | undefined {
    const end = this.#waiting.indexOf(headEnd);
    if (end < 0) {
      if (this.#waiting.length > headMost) this.#isLost = true;
      return undefined;
    }
    const [startLine = '', ...lines] = this.#waiting.toString('latin1', 0, end).split('\r\n');
    const headers = new Map(
      lines.map((line) => {
        const colon = line.indexOf(':');
        return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
      }),
    );
    if (!startLine.includes('HTTP/1.')) this.#isLost = true;
    return this.#isLost ? undefined : { startLine, headers, bytes: end + headEnd.length };
  }
}

const isChunked = (headers: ReadonlyMap<string, string>): boolean =>
  headers.get('transfer-encoding')?.toLowerCase().endsWith('chunked') === true;

/** Bytes of the message that begins; undefined as long as nobody knows. */
function frameBytes(
  waiting: Buffer,
  { headers, startLine, bytes }: Head,
): number | undefined | 'lost' {
  if (isChunked(headers)) {
    const end = chunksEnd(waiting, bytes);
    return end !== undefined && end - bytes > bodyMost ? 'lost' : end;
  }
  const stated = headers.get('content-length');
  if (stated !== undefined) {
    const length = Number(stated);
    return Number.isSafeInteger(length) && length >= 0 && length <= bodyMost
      ? bytes + length
      : 'lost';
  }
  // An answer without a length lasts until the connection ends, but for those that never have a body.
  const isAnswer = startLine.startsWith('HTTP/');
  return isAnswer && !/^HTTP\/1\.\d (?:1\d\d|204|304)/.test(startLine) ? 'lost' : bytes;
}

/** Behind the last chunk and its empty line; none of the services sends trailers. */
function chunksEnd(waiting: Buffer, from: number): number | undefined {
  for (let at = from; ; ) {
    const chunk = chunkAt(waiting, at);
    if (chunk === undefined) return undefined;
    if (chunk.length === 0) return chunk.to + lineEnd.length;
    at = chunk.to + lineEnd.length;
  }
}

function chunkAt(
  waiting: Buffer,
  at: number,
): { readonly from: number; readonly to: number; readonly length: number } | undefined {
  const end = waiting.indexOf(lineEnd, at);
  if (end < 0) return undefined;
  const length = Number.parseInt(waiting.toString('latin1', at, end), 16);
  invariant(Number.isSafeInteger(length) && length >= 0, 'a chunk of an answer has no length');
  const from = end + lineEnd.length;
  return { from, to: from + length, length };
}

function bodyOf(framed: Buffer, headers: ReadonlyMap<string, string>): Buffer {
  if (!isChunked(headers)) return framed;
  const parts: Buffer[] = [];
  for (let at = 0; ; ) {
    const chunk = chunkAt(framed, at);
    if (chunk === undefined || chunk.length === 0) return Buffer.concat(parts);
    parts.push(framed.subarray(chunk.from, chunk.to));
    at = chunk.to + lineEnd.length;
  }
}

const uncut = (bytes: Buffer): HttpFrame => ({
  bytes,
  startLine: '',
  headers: new Map(),
  body: () => Buffer.alloc(0),
});
