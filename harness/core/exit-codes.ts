import type { ErrorCode } from './errors.ts';

/** Exit codes of the command, also printed by `--help`. 64, 69 and 70 follow BSD sysexits.h. */
export const ExitCode = {
  kept: 0,
  violated: 1,
  inconclusive: 2,
  threshold: 3,
  usage: 64,
  unavailable: 69,
  internal: 70,
  interrupted: 130,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

export const exitCodeMeaning: Readonly<Record<ExitCode, string>> = {
  0: 'every claim that was put to the test was kept',
  1: 'a claim was violated',
  2: 'inconclusive: not enough evidence, or every cell was unsupported',
  3: 'a performance threshold was missed or a regression found',
  64: 'wrong usage, or a configuration that cannot be read',
  69: 'a target was unavailable',
  70: 'internal error: a bug in Ackmark or in an engine module',
  130: 'interrupted; what was recorded so far is written',
};

/** Worst first: 70 > 130 > 1 > 69 > 3 > 2 > 0. Usage errors end a run before it starts. */
const precedence: readonly ExitCode[] = [64, 70, 130, 1, 69, 3, 2, 0];

export function worstExitCode(codes: Iterable<ExitCode>): ExitCode {
  const seen = new Set(codes);
  return precedence.find((code) => seen.has(code)) ?? ExitCode.inconclusive;
}

export function exitCodeOfError(code: ErrorCode | 'BUG'): ExitCode {
  switch (code) {
    case 'USAGE':
    case 'BAD_SUITE':
    case 'BAD_ENGINE':
    case 'BAD_HISTORY':
    case 'BAD_RUN':
    case 'UNKNOWN_NAME':
    case 'UNSUITABLE_NODE':
      return ExitCode.usage;
    case 'UNSUITABLE_MACHINE':
    case 'TARGET_UNAVAILABLE':
    case 'TARGET_NOT_READY':
    case 'FETCH_FAILED':
    case 'PORT_BUSY':
    case 'PROCESS_DIED':
    case 'CONNECT_FAILED':
    case 'ACCESS_REFUSED':
    case 'TLS_FAILED':
      return ExitCode.unavailable;
    case 'INTERRUPTED':
      return ExitCode.interrupted;
    case 'ENVIRONMENT_FAULT':
    case 'TIMED_OUT':
      return ExitCode.inconclusive;
    case 'ENGINE_BROKE_CONTRACT':
    case 'ACTOR_FAILED':
    case 'IO':
    case 'BUG':
      return ExitCode.internal;
  }
}
