import { everyErrorIn } from '../access-failures.ts';
import { AwsCode, outcomeOf } from './outcomes.ts';

/** How a call ended that the client rejected. */
export interface CallFailure {
  readonly code: AwsCode;
  /** Requests that left, the client's own retries among them. */
  readonly attempts: number;
  /** It was met below HTTP, where the next call may meet it, too. */
  readonly isOfConnection: boolean;
}

/**
 * Names of errors by which the services refuse a call for a limit of calls or bytes, besides status 429: those of
 * SQS, SNS and Kinesis (their API references, Common Errors and Errors of each action).
 */
const throttles: ReadonlySet<string> = new Set([
  'KMSThrottling',
  'KMSThrottlingException',
  'KmsThrottled',
  'LimitExceededException',
  'OverLimit',
  'ProvisionedThroughputExceededException',
  'RequestThrottled',
  'RequestThrottledException',
  'ThrottledException',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
]);

/** The name of an entry's or an answer's error, also with the service before it: `AWS.SimpleQueueService.…`. */
export function isThrottle(name: string): boolean {
  return throttles.has(name.split('.').at(-1) ?? name);
}

/**
 * The client's retries hide all but the last attempt: that it was refused says nothing of those before.
 * @param wasRefused whether it is known that all of them were refused, too
 */
export function failureOf(error: unknown, wasRefused = false): CallFailure {
  const { attempts = 1 } = metadataOf(error);
  const code = endOf(error);
  const isLater = attempts > 1 && outcomeOf(code) === 'fail' && !wasRefused;
  return {
    code: isLater ? AwsCode.refusedLater : code,
    attempts,
    isOfConnection: ofConnection.has(code),
  };
}

const ofConnection: ReadonlySet<AwsCode> = new Set<AwsCode>([
  AwsCode.connectionLost,
  AwsCode.notConnected,
  AwsCode.noAnswer,
]);

/** How one attempt ended. */
export function endOf(error: unknown): AwsCode {
  const { httpStatusCode: status } = metadataOf(error);
  if (status === undefined) return codeOfSilence(error);
  if (status >= 500) return AwsCode.serverError;
  // What came with a good status and was rejected all the same could not be read.
  if (status < 400) return AwsCode.notUnderstood;
  const name = error instanceof Error ? error.name : '';
  if (status === 429 || isThrottle(name)) return AwsCode.throttled;
  // The service gave up waiting for the rest of the request; it does not say that it did nothing.
  return status === 408 ? AwsCode.serverError : AwsCode.callRefused;
}

/** Nobody was reached: not a byte of the request has left (Node.js, Errors: common system errors). */
const unreached: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN']);

/**
 * There was no answer, or none that the client could read. Its HTTP handler calls resets timeouts, too, but leaves
 * them their system's code; what it gave up itself has ETIMEDOUT, or none.
 */
function codeOfSilence(error: unknown): AwsCode {
  const errors = everyErrorIn(error);
  const codes = errors.flatMap(({ code }) => (typeof code === 'string' ? [code] : []));
  if (codes.some((code) => unreached.has(code))) return AwsCode.notConnected;
  if (codes.some((code) => code !== 'ETIMEDOUT')) return AwsCode.connectionLost;
  const names = errors.map(({ name }) => name);
  if (names.includes('TimeoutError') || codes.length > 0) return AwsCode.noAnswer;
  return names.includes('AbortError') ? AwsCode.closedByUs : AwsCode.notUnderstood;
}

interface Metadata {
  readonly httpStatusCode?: number;
  readonly attempts?: number;
}

function metadataOf(error: unknown): Metadata {
  if (typeof error !== 'object' || error === null || !('$metadata' in error)) return {};
  return typeof error.$metadata === 'object' && error.$metadata !== null ? error.$metadata : {};
}
