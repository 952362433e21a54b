import type { Outcome } from '../engine.ts';

/**
 * The closed table of how a send or a settlement can end. A server that answers with one of its refusals has not
 * executed the command. What the primary has, and fewer replicas than were asked for, may be there or not after a
 * failover, so it is unknown like all that is not answered.
 */
export const RedisCode = {
  ok: 0,
  refusedByServer: 1,
  notConnected: 2,
  unsupported: 3,
  serverError: 4,
  fewerReplicas: 5,
  notAllPending: 6,
  noAnswer: 7,
  connectionLost: 8,
  closedByUs: 9,
} as const;
export type RedisCode = (typeof RedisCode)[keyof typeof RedisCode];

export const outcomes: Readonly<Record<RedisCode, string>> = {
  [RedisCode.ok]: 'ok',
  [RedisCode.refusedByServer]: 'the server refused the command',
  [RedisCode.notConnected]: 'not connected: refused before any byte',
  [RedisCode.unsupported]: 'needs a capability that Redis does not have here',
  [RedisCode.serverError]: 'the server answered with an error that does not say what it has done',
  [RedisCode.fewerReplicas]: 'the primary has it, but not as many replicas as WAIT asked for',
  [RedisCode.notAllPending]: 'not all of what one XACK named was pending any more',
  [RedisCode.noAnswer]: 'no answer in time',
  [RedisCode.connectionLost]: 'connection lost before the answer',
  [RedisCode.closedByUs]: 'closed by us before the answer',
};

const certainlyNotApplied: ReadonlySet<number> = new Set([
  RedisCode.refusedByServer,
  RedisCode.notConnected,
  RedisCode.unsupported,
]);

export function outcomeOf(code: RedisCode): Outcome {
  if (code === RedisCode.ok) return 'ok';
  return certainlyNotApplied.has(code) ? 'fail' : 'unknown';
}

/**
 * The first words of errors with which a server refuses a command before it executes it (`processCommand` of its
 * source, and https://redis.io/docs/latest/develop/reference/protocol-spec/#simple-errors).
 */
const refusals: ReadonlySet<string> = new Set([
  'BUSY',
  'LOADING',
  'MASTERDOWN',
  'MISCONF',
  'MOVED',
  'NOAUTH',
  'NOPERM',
  'NOREPLICAS',
  'OOM',
  'READONLY',
  'WRONGTYPE',
]);

/** @param message of an error reply: `READONLY You can't write against a read only replica.` */
export function codeOfErrorReply(message: string): RedisCode {
  return refusals.has(firstWord(message)) ? RedisCode.refusedByServer : RedisCode.serverError;
}

/** Whether the server says that it is not the one to talk to: another leads, or it does not serve yet. */
export function isFromNoPrimary(message: string): boolean {
  return ['READONLY', 'LOADING', 'MASTERDOWN', 'UNBLOCKED'].includes(firstWord(message));
}

/** Of an error reply: what kind of error it is. */
export const firstWord = (message: string): string => message.split(' ', 1)[0] ?? '';
