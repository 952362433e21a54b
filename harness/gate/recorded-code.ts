import type { ErrorCode } from '../core/errors.ts';
import { ExitCode, exitCodeOfError } from '../core/exit-codes.ts';

type RecordedCode = ErrorCode | 'BUG';

const recordedCodes: Readonly<Record<RecordedCode, true>> = {
  USAGE: true,
  BAD_SUITE: true,
  BAD_ENGINE: true,
  BAD_HISTORY: true,
  BAD_RUN: true,
  UNKNOWN_NAME: true,
  UNSUITABLE_NODE: true,
  TARGET_UNAVAILABLE: true,
  TARGET_NOT_READY: true,
  FETCH_FAILED: true,
  PORT_BUSY: true,
  PROCESS_DIED: true,
  CONNECT_FAILED: true,
  ENGINE_BROKE_CONTRACT: true,
  ACTOR_FAILED: true,
  TIMED_OUT: true,
  INTERRUPTED: true,
  IO: true,
  BUG: true,
};

/** A record may come from another version: a code that this one does not know counts as a bug, 70. */
export function exitCodeOf(code: string): ExitCode {
  return isRecordedCode(code) ? exitCodeOfError(code) : ExitCode.internal;
}

function isRecordedCode(code: string): code is RecordedCode {
  return Object.hasOwn(recordedCodes, code);
}
