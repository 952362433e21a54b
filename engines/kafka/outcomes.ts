import type { Outcome } from '../engine.ts';
import { protocolErrorNames, unknownServerError } from './protocol-errors.ts';

/**
 * What an operation's error says about the operation. Closed: only what is listed here as definite is
 * `fail`; everything else, also errors that do not exist yet, is `unknown`.
 */
export const Code = {
  ok: 0,
  /** acks=0: handed to the socket, the broker does not answer. */
  noReply: 1,
  unlisted: 2,
  network: 3,
  /** No connection could be opened, so no byte was sent. */
  refused: 4,
  timeout: 5,
  /** The client refused the call itself. */
  rejectedByClient: 6,
  authentication: 7,
  unsupported: 8,
  clientClosed: 9,
  /** The session ended before an answer came. */
  abandoned: 10,
  /** The consumer no longer owned the partition when it settled; nothing was sent. */
  membershipLost: 11,
  /** The engine does not offer what was asked for; nothing was sent. */
  notOffered: 12,
} as const;

const brokerBase = 1_000;
/** UNKNOWN_SERVER_ERROR is -1 on the wire. */
export function brokerCode(apiCode: number): number {
  return brokerBase + apiCode;
}

export const outcomes: Readonly<Record<number, string>> = Object.freeze({
  [Code.ok]: 'ok',
  [Code.noReply]: 'sent without asking for a reply (acks=0)',
  [Code.unlisted]: 'an error this table does not know',
  [Code.network]: 'connection lost',
  [Code.refused]: 'connection refused before any byte',
  [Code.timeout]: 'no response in time',
  [Code.rejectedByClient]: 'refused by the client library',
  [Code.authentication]: 'authentication failed',
  [Code.unsupported]: 'not supported by the broker',
  [Code.clientClosed]: 'the client was closed',
  [Code.abandoned]: 'the session ended before an answer came',
  [Code.membershipLost]: 'the consumer no longer owned the partition',
  [Code.notOffered]: 'not offered by this engine',
  [brokerCode(-1)]: unknownServerError,
  ...Object.fromEntries(
    protocolErrorNames.flatMap((name, code) => (code === 0 ? [] : [[brokerCode(code), name]])),
  ),
});

export type Operation = 'send' | 'commit' | 'transaction';

const refusedBeforeAnything = [
  'INVALID_TOPIC_EXCEPTION',
  'TOPIC_AUTHORIZATION_FAILED',
  'GROUP_AUTHORIZATION_FAILED',
  'CLUSTER_AUTHORIZATION_FAILED',
  'TRANSACTIONAL_ID_AUTHORIZATION_FAILED',
  'UNKNOWN_TOPIC_OR_PARTITION',
  'NOT_CONTROLLER',
  'UNSUPPORTED_VERSION',
  'INVALID_PRODUCER_EPOCH',
  'PRODUCER_FENCED',
  'INVALID_PRODUCER_ID_MAPPING',
  'INVALID_TXN_STATE',
];

/** Broker rejections that happen before the operation is applied. */
const definite: Readonly<Record<Operation, ReadonlySet<string>>> = {
  send: new Set([
    ...refusedBeforeAnything,
    'MESSAGE_TOO_LARGE',
    'RECORD_LIST_TOO_LARGE',
    'INVALID_REQUIRED_ACKS',
    'INVALID_TIMESTAMP',
    'INVALID_RECORD',
    'UNSUPPORTED_FOR_MESSAGE_FORMAT',
    'UNSUPPORTED_COMPRESSION_TYPE',
    'POLICY_VIOLATION',
    // Checked before the append; NOT_ENOUGH_REPLICAS_AFTER_APPEND is not.
    'NOT_ENOUGH_REPLICAS',
  ]),
  commit: new Set([
    ...refusedBeforeAnything,
    'ILLEGAL_GENERATION',
    'UNKNOWN_MEMBER_ID',
    'REBALANCE_IN_PROGRESS',
    'FENCED_INSTANCE_ID',
    'INVALID_GROUP_ID',
    'OFFSET_METADATA_TOO_LARGE',
    'INVALID_COMMIT_OFFSET_SIZE',
  ]),
  transaction: new Set([
    ...refusedBeforeAnything,
    'ILLEGAL_GENERATION',
    'UNKNOWN_MEMBER_ID',
    'FENCED_INSTANCE_ID',
  ]),
};

const refusedConnection = new Set(['ECONNREFUSED', 'ENOTFOUND']);

export interface Classified {
  readonly outcome: Outcome;
  readonly code: number;
}

/**
 * Maps whatever the client threw. The client nests one error per attempt and per broker: the operation
 * failed only if every one of them was definite, because one attempt that may have been applied is enough.
 */
export function classify(error: unknown, operation: Operation): Classified {
  let last: Classified | undefined;
  let lastUnknown: Classified | undefined;
  for (const leaf of leavesOf(error)) {
    last = classifyLeaf(leaf, operation);
    if (last.outcome !== 'fail') lastUnknown = last;
  }
  return lastUnknown ?? last ?? { outcome: 'unknown', code: Code.unlisted };
}

export function isDefinite(error: unknown, operation: Operation): boolean {
  return classify(error, operation).outcome === 'fail';
}

/** Whether it went to a broker that does not lead the partition, or to none. */
export function isOfStaleMetadata(error: unknown): boolean {
  return leavesOf(error).some((leaf) => propertyOf(leaf, 'hasStaleMetadata') === true);
}

/** The broker no longer knows how far an idempotent producer had numbered its messages, or finds a gap. */
export function hasLostItsNumbers(error: unknown): boolean {
  const names = brokerErrors(error);
  return names.has('OUT_OF_ORDER_SEQUENCE_NUMBER') || names.has('UNKNOWN_PRODUCER_ID');
}

/** Broker error names anywhere in the error. */
export function brokerErrors(error: unknown): ReadonlySet<string> {
  const names = new Set<string>();
  for (const leaf of leavesOf(error)) {
    const name = textOf(leaf, 'apiId');
    if (name !== undefined) names.add(name);
  }
  return names;
}

/** Also used for the partial answers that the client attaches to a failed request. */
export function leavesOf(error: unknown): readonly unknown[] {
  const leaves: unknown[] = [];
  const pending: unknown[] = [error];
  const seen = new Set<unknown>();
  while (pending.length > 0) {
    const next = pending.pop();
    if (seen.has(next)) continue;
    seen.add(next);
    const inner = errorsOf(next);
    if (inner === undefined) leaves.push(next);
    else for (let i = inner.length - 1; i >= 0; i -= 1) pending.push(inner[i]);
  }
  return leaves;
}

/** An aggregate without members says nothing, so it counts as a leaf of its own. */
function errorsOf(error: unknown): readonly unknown[] | undefined {
  if (typeof error !== 'object' || error === null || !('errors' in error)) return undefined;
  return Array.isArray(error.errors) && error.errors.length > 0 ? error.errors : undefined;
}

function classifyLeaf(leaf: unknown, operation: Operation): Classified {
  const name = textOf(leaf, 'apiId');
  if (name !== undefined) {
    const number = numberOf(leaf, 'apiCode');
    const code = number === undefined ? Code.unlisted : brokerCode(number);
    return {
      outcome: definite[operation].has(name) ? 'fail' : 'unknown',
      code: outcomes[code] === undefined ? Code.unlisted : code,
    };
  }
  switch (textOf(leaf, 'code')) {
    case 'PLT_KFK_NETWORK':
      return classifyNetwork(leaf);
    case 'PLT_KFK_USER':
      return { outcome: 'fail', code: Code.rejectedByClient };
    case 'PLT_KFK_AUTHENTICATION':
      return { outcome: 'fail', code: Code.authentication };
    case 'PLT_KFK_UNSUPPORTED':
    case 'PLT_KFK_UNSUPPORTED_API':
    case 'PLT_KFK_UNSUPPORTED_COMPRESSION':
      return { outcome: 'fail', code: Code.unsupported };
    case undefined:
    default:
      return { outcome: 'unknown', code: Code.unlisted };
  }
}

/** The client's TimeoutError carries the code of a network error, so its message is all there is. */
function classifyNetwork(leaf: unknown): Classified {
  if (propertyOf(leaf, 'closed') === true) return { outcome: 'fail', code: Code.clientClosed };
  const cause = textOf(propertyOf(leaf, 'cause'), 'code');
  if (cause !== undefined && refusedConnection.has(cause)) {
    return { outcome: 'fail', code: Code.refused };
  }
  const timedOut = textOf(leaf, 'message')?.includes('timed out') === true;
  return { outcome: 'unknown', code: timedOut ? Code.timeout : Code.network };
}

function propertyOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return (value as Record<string, unknown>)[name];
}

function textOf(value: unknown, name: string): string | undefined {
  const property = propertyOf(value, name);
  return typeof property === 'string' ? property : undefined;
}

function numberOf(value: unknown, name: string): number | undefined {
  const property = propertyOf(value, name);
  return typeof property === 'number' ? property : undefined;
}
