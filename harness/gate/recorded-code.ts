import { type ErrorCode, errorCodes } from '../core/errors.ts';
import { ExitCode, exitCodeOfError } from '../core/exit-codes.ts';

const recordedCodes: ReadonlySet<string> = new Set<ErrorCode | 'BUG'>([...errorCodes, 'BUG']);

/** A record may come from another version: a code that this one does not know counts as a bug, 70. */
export function exitCodeOf(code: string): ExitCode {
  return isRecordedCode(code) ? exitCodeOfError(code) : ExitCode.internal;
}

function isRecordedCode(code: string): code is ErrorCode | 'BUG' {
  return recordedCodes.has(code);
}
