/** Values of one direction of a connection, from one end to the next (RESP 2). */
export interface RespReader {
  /** The complete values that `chunk` ends, in order; none is lost or changed. */
  read(chunk: Buffer): readonly Buffer[];
  /** True once what came is not of the protocol: from there on chunks are handed on as they are. */
  readonly isLost: boolean;
}

const crlf = Buffer.from('\r\n');
const nothing = Buffer.alloc(0);
/** Far more than a line that is no bulk string has. */
const longestLineBytes = 65_536;

const kinds = { array: 42, bulk: 36, simple: 43, error: 45, integer: 58 } as const;

/**
 * Cuts one direction of a connection into values, however they come in pieces
 * (https://redis.io/docs/latest/develop/reference/protocol-spec/). An array is one value with all that it holds.
 */
export function respReader(): RespReader {
  let rest: Buffer = nothing;
  /** Up to where `rest` has been looked at, and how many parts its first value still lacks there. */
  let at = 0;
  let lacking = 1;
  let isLost = false;

  const lose = (): readonly Buffer[] => {
    isLost = true;
    const all = rest;
    rest = nothing;
    return all.length === 0 ? [] : [all];
  };

  /** Goes on behind the next part; false: it has not come as a whole, or there is none of the protocol. */
  const step = (): boolean => {
    const end = rest.indexOf(crlf, at);
    if (end < 0) {
      isLost = rest.length - at > longestLineBytes;
      return false;
    }
    const parts = partsAt(rest, at, end);
    if (parts === undefined) {
      isLost = true;
      return false;
    }
    const next = end + crlf.length + parts.bytes;
    if (next > rest.length) return false;
    at = next;
    lacking += parts.more - 1;
    return true;
  };

  return {
    get isLost() {
      return isLost;
    },
    read: (chunk) => {
      if (isLost) return [chunk];
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      const values: Buffer[] = [];
      while (step()) {
        if (lacking > 0) continue;
        values.push(rest.subarray(0, at));
        rest = rest.subarray(at);
        at = 0;
        lacking = 1;
      }
      return isLost ? [...values, ...lose()] : values;
    },
  };
}

/** How many bytes follow the line from `at` to `end`, and how many values; undefined: it is no such line. */
function partsAt(
  input: Buffer,
  at: number,
  end: number,
): { readonly bytes: number; readonly more: number } | undefined {
  const kind = input[at];
  if (kind === kinds.simple || kind === kinds.error || kind === kinds.integer) {
    return { bytes: 0, more: 0 };
  }
  if (kind !== kinds.array && kind !== kinds.bulk) return undefined;
  const size = Number(input.toString('latin1', at + 1, end));
  if (!Number.isSafeInteger(size) || size < -1) return undefined;
  if (kind === kinds.array) return { bytes: 0, more: Math.max(size, 0) };
  return { bytes: size < 0 ? 0 : size + crlf.length, more: 0 };
}

/** The first word of a command, in upper case; empty where it is none. */
export function commandOf(value: Buffer): string {
  if (value[0] !== kinds.array) return '';
  const head = value.indexOf(crlf) + crlf.length;
  const start = value.indexOf(crlf, head) + crlf.length;
  const end = value.indexOf(crlf, start);
  return value[head] === kinds.bulk && end > start
    ? value.toString('latin1', start, end).toUpperCase()
    : '';
}

/** Whether an answer is the id of an entry, and no error. */
export const isBulk = (value: Buffer): boolean => value[0] === kinds.bulk;
