/** A command of the protocol with the payload that belongs to it. */
export interface ProtocolFrame {
  /** Upper case; empty where the line is none of the protocol. */
  readonly verb: string;
  /** What follows the verb on its line. */
  readonly words: readonly string[];
  /** All of it, with every CRLF. */
  readonly bytes: Buffer;
  readonly body: () => Buffer;
}

const crlf = Buffer.from('\r\n');
/** Far more than a server takes by default (`max_control_line`, 4,096), as INFO may be longer. */
const longestLineBytes = 65_536;
const withPayload: ReadonlySet<string> = new Set(['PUB', 'HPUB', 'MSG', 'HMSG']);
const nothing = Buffer.alloc(0);

interface Head {
  readonly verb: string;
  readonly words: readonly string[];
  readonly lineBytes: number;
  readonly payloadBytes: number;
}

/**
 * Cuts one direction of a connection into commands, however it comes in pieces. What cannot be understood is
 * passed on as it is, with everything after it.
 */
export class ProtocolReader {
  readonly #keepsAll: boolean;
  #rest: Buffer = nothing;
  #head: Head | undefined;
  #lost = false;

  /** @param keepsAll whether what was not understood is wanted, too */
  constructor(keepsAll: boolean) {
    this.#keepsAll = keepsAll;
  }

  read(chunk: Buffer): readonly ProtocolFrame[] {
    if (this.#lost) return this.#keepsAll ? [garbage(chunk)] : [];
    const input = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const frames: ProtocolFrame[] = [];
    let at = 0;
    while (at < input.length && !this.#lost) {
      this.#head ??= headAt(input, at);
      if (this.#head === undefined) {
        this.#lost = input.length - at > longestLineBytes;
        break;
      }
      const length = lengthOf(this.#head);
      if (input.length - at < length) break;
      const frame = frameAt(input.subarray(at, at + length), this.#head);
      this.#head = undefined;
      if (frame === undefined) {
        this.#lost = true;
        break;
      }
      frames.push(frame);
      at += length;
    }
    this.#rest = input.subarray(at);
    if (this.#lost) {
      if (this.#keepsAll) frames.push(garbage(this.#rest));
      this.#rest = nothing;
    }
    return frames;
  }
}

const lengthOf = ({ lineBytes, payloadBytes }: Head): number =>
  payloadBytes < 0 ? lineBytes : lineBytes + payloadBytes + crlf.length;

const garbage = (bytes: Buffer): ProtocolFrame => ({
  verb: '',
  words: [],
  bytes,
  body: () => nothing,
});

/** Undefined while the end of the line has not come. */
function headAt(input: Buffer, at: number): Head | undefined {
  const end = input.indexOf(crlf, at);
  if (end < 0) return undefined;
  const [first = '', ...words] = input.toString('latin1', at, end).trim().split(/\s+/);
  const verb = first.toUpperCase();
  const lineBytes = end + crlf.length - at;
  if (!withPayload.has(verb)) return { verb, words, lineBytes, payloadBytes: -1 };
  const payloadBytes = Number(words.at(-1));
  const isSize = Number.isSafeInteger(payloadBytes) && payloadBytes >= 0;
  return { verb, words, lineBytes, payloadBytes: isSize ? payloadBytes : 0 };
}

/** Undefined when the payload does not end where it should: the stream is not what it seems. */
function frameAt(bytes: Buffer, { verb, words, lineBytes }: Head): ProtocolFrame | undefined {
  const end = bytes.length - crlf.length;
  if (bytes.indexOf(crlf, end) !== end) return undefined;
  return { verb, words, bytes, body: () => bytes.subarray(lineBytes, Math.max(lineBytes, end)) };
}
