/**
 * The closed list of what can go wrong in the world. Bugs are assertions (`invariant`), never these.
 * A code decides the exit code; see `exit-codes.ts`.
 */
export const errorCodes = [
  'USAGE',
  'BAD_SUITE',
  'BAD_ENGINE',
  'BAD_HISTORY',
  'BAD_RUN',
  'UNKNOWN_NAME',
  'UNSUITABLE_NODE',
  'UNSUITABLE_MACHINE',
  'TARGET_UNAVAILABLE',
  'TARGET_NOT_READY',
  'FETCH_FAILED',
  'PORT_BUSY',
  'PROCESS_DIED',
  'ENVIRONMENT_FAULT',
  'CONNECT_FAILED',
  'ACCESS_REFUSED',
  'TLS_FAILED',
  'ENGINE_BROKE_CONTRACT',
  'ACTOR_FAILED',
  'TIMED_OUT',
  'INTERRUPTED',
  'IO',
] as const;
export type ErrorCode = (typeof errorCodes)[number];

export interface ErrorDetails {
  /** What the reader can do about it, as an imperative sentence. */
  readonly hint: string;
  readonly cause?: unknown;
}

export class AckmarkError extends Error {
  override readonly name = 'AckmarkError';
  readonly code: ErrorCode;
  readonly hint: string;

  constructor(code: ErrorCode, message: string, details: ErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.hint = details.hint;
  }
}

/** A broken invariant is a bug in Ackmark: it ends the run with exit code 70. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError';
}

export function invariant(condition: boolean, message: string): asserts condition {
  if (!condition) throw new InvariantError(message);
}

/** The message of anything thrown, with its causes, bounded; total on foreign values. */
export function describeError(error: unknown, depth = 0): string {
  if (depth > 4) return '…';
  if (error instanceof AggregateError) {
    // Retries fail alike: what is the same is told once.
    const parts = [...new Set(error.errors.map((inner) => describeError(inner, depth + 1)))];
    const more = parts.length > 3 ? ` (3 of ${parts.length})` : '';
    return `${unstopped(error.message || error.name)}: ${parts.slice(0, 3).join('; ')}${more}`;
  }
  if (error instanceof Error) {
    const text = error.message || error.name;
    if (error.cause === undefined) return text;
    return `${unstopped(text)}: ${describeError(error.cause, depth + 1)}`;
  }
  return String(error);
}

/** A sentence that goes on with its cause has no full stop. */
function unstopped(text: string): string {
  return text.replace(/\.$/, '');
}

/** An error as data, for crossing a thread boundary and for the run record. */
export interface ErrorRecord {
  readonly code: ErrorCode | 'BUG';
  readonly message: string;
  readonly hint: string;
}

export function toErrorRecord(error: unknown): ErrorRecord {
  if (error instanceof AckmarkError) {
    const cause = error.cause === undefined ? '' : `: ${describeError(error.cause)}`;
    return { code: error.code, message: `${error.message}${cause}`, hint: error.hint };
  }
  return {
    code: 'BUG',
    message: error instanceof Error ? (error.stack ?? error.message) : String(error),
    hint: 'This is a defect in Ackmark or in the engine module; report it with the replay command.',
  };
}

export function fromErrorRecord(record: ErrorRecord): Error {
  return record.code === 'BUG'
    ? new InvariantError(record.message)
    : new AckmarkError(record.code, record.message, { hint: record.hint });
}

/** A hint with its commands as they can be typed where the program is called `program`. */
export function typedBy(program: string, hint: string): string {
  return hint.replaceAll('`ackmark ', `\`${program} `);
}
