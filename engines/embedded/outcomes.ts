import type { Outcome } from '../engine.ts';
import { type Refusal, Status, statusName } from './protocol/protocol.ts';

/** Codes that the client adds to the broker's statuses. */
export const ClientCode = {
  /** Handed to the socket by a producer that waits for no answer. */
  noReply: 100,
  /** Dropped by such a producer because there was no connection at that instant. */
  noConnection: 101,
  connectionLost: 102,
  /** No answer before the deadline. */
  timedOut: 103,
  /** Never written to any socket. */
  neverSent: 104,
  /** The engine does not offer what was asked for; nothing was sent. */
  notOffered: 105,
  /** The client was closed first. */
  closed: 106,
} as const;

const clientCodeName: Readonly<Record<(typeof ClientCode)[keyof typeof ClientCode], string>> = {
  100: 'sent without asking for a reply',
  101: 'dropped, there was no connection',
  102: 'connection lost before the answer',
  103: 'no answer in time',
  104: 'never sent',
  105: 'not offered by this engine',
  106: 'the client was closed before the answer',
};

export const embeddedOutcomes: Readonly<Record<number, string>> = Object.freeze({
  ...statusName,
  ...clientCodeName,
});

/** Said of what is stored, or was. */
const refusedAfterStoring: readonly Refusal[] = [
  Status.duplicate,
  Status.notEnoughReplicasAfterAppend,
];

/**
 * What a refusal says about a send. A broker refuses before it stores, with two exceptions, so it is definite,
 * unless an earlier attempt of the same send may have been stored.
 */
export function outcomeOfRefusal(status: Refusal, attempts: number): Outcome {
  return attempts > 1 || refusedAfterStoring.includes(status) ? 'unknown' : 'fail';
}
