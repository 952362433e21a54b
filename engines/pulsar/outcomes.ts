import type { Outcome } from '../engine.ts';
import { type ServerErrorName, serverErrorName } from './protocol/server-errors.ts';

/**
 * The closed table of how a send or a settlement can end. `fail` is what was refused before any byte, and the broker's
 * own word where it refuses before it stores anything: another error does not say what became of the message.
 */
export const PulsarCode = {
  ok: 0,
  refusedByBroker: 1,
  notConnected: 2,
  refusedByClient: 3,
  unsupported: 4,
  brokerError: 5,
  noAnswer: 6,
  connectionLost: 7,
  closedByUs: 8,
} as const;
export type PulsarCode = (typeof PulsarCode)[keyof typeof PulsarCode];

export const outcomes: Readonly<Record<PulsarCode, string>> = {
  [PulsarCode.ok]: 'ok',
  [PulsarCode.refusedByBroker]: 'the broker refused it before it stored anything',
  [PulsarCode.notConnected]: 'not connected: refused before any byte',
  [PulsarCode.refusedByClient]: 'larger than the broker takes: refused before any byte',
  [PulsarCode.unsupported]: 'needs a capability that Pulsar does not have here',
  [PulsarCode.brokerError]: 'the broker answered with an error that does not say what became of it',
  [PulsarCode.noAnswer]: 'no answer in time',
  [PulsarCode.connectionLost]: 'connection lost before the answer',
  [PulsarCode.closedByUs]: 'closed by us before the answer',
};

const certainlyNotApplied: ReadonlySet<number> = new Set([
  PulsarCode.refusedByBroker,
  PulsarCode.notConnected,
  PulsarCode.refusedByClient,
  PulsarCode.unsupported,
]);

export function outcomeOf(code: PulsarCode): Outcome {
  if (code === PulsarCode.ok) return 'ok';
  return certainlyNotApplied.has(code) ? 'fail' : 'unknown';
}

/**
 * What the broker says of a message that it has looked at and not written: its checksum, its schema, rights, quotas, a
 * topic that takes nothing any more. `PersistenceError` is none of them: of a write that failed a bookie may have its
 * copy, and a recovery of the ledger finds it.
 */
const refusals: ReadonlySet<ServerErrorName> = new Set([
  'AuthorizationError',
  'ChecksumError',
  'IncompatibleSchema',
  'InvalidTopicName',
  'NotAllowedError',
  'ProducerBlockedQuotaExceededError',
  'ProducerBlockedQuotaExceededException',
  'TopicNotFound',
  'TopicTerminatedError',
]);

export const isRefusal = (error: number): boolean => refusals.has(serverErrorName(error));

/** @param attempts what an earlier attempt came to nobody knows, also when this one was refused */
export function codeOfSendError(error: number, attempts: number): PulsarCode {
  return attempts === 1 && isRefusal(error) ? PulsarCode.refusedByBroker : PulsarCode.brokerError;
}
