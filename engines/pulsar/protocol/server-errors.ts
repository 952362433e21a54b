/** `ServerError` of PulsarApi.proto, by its numbers. */
const names = [
  'UnknownError',
  'MetadataError',
  'PersistenceError',
  'AuthenticationError',
  'AuthorizationError',
  'ConsumerBusy',
  'ServiceNotReady',
  'ProducerBlockedQuotaExceededError',
  'ProducerBlockedQuotaExceededException',
  'ChecksumError',
  'UnsupportedVersionError',
  'TopicNotFound',
  'SubscriptionNotFound',
  'ConsumerNotFound',
  'TooManyRequests',
  'TopicTerminatedError',
  'ProducerBusy',
  'InvalidTopicName',
  'IncompatibleSchema',
  'ConsumerAssignError',
  'TransactionCoordinatorNotFound',
  'InvalidTxnStatus',
  'NotAllowedError',
  'TransactionConflict',
  'TransactionNotFound',
  'ProducerFenced',
] as const;
export type ServerErrorName = (typeof names)[number];

/** A number that this version of the protocol does not have is what Pulsar itself calls unknown. */
export const serverErrorName = (code: number): ServerErrorName => names[code] ?? 'UnknownError';

/** The broker's own word for why it did not do what it was asked. */
export class ServerError extends Error {
  override readonly name = 'ServerError';
  readonly code: ServerErrorName;

  constructor(code: number, what: string) {
    const name = serverErrorName(code);
    super(`${name}: ${what.slice(0, 500)}`);
    this.code = name;
  }
}
