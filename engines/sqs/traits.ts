import { AwsCode } from '../aws/outcomes.ts';
import type { Capability, Limit, Traits } from '../engine.ts';
import type { SqsOptions } from './options.ts';

/** Entries of one batch call, of each kind (API reference, SendMessageBatch). */
export const batchMost = 10;

/**
 * What fits into a call of 256 KiB when it is written in Base64, and attributes beside it. SQS takes 1 MiB since August
 * 2025 (quotas), not every target does.
 */
export const sendLimit: Limit = { messages: batchMost, bytes: 190_000 };

/** More than a consumer's receives bring at once. */
const receiveLimit = 200;

/**
 * The body is a text, so that bytes are written in Base64. There are no places: a sequence number orders a message
 * group and nothing else (API reference, SendMessage), standard queues have none, and not every target tells a sender.
 */
export function traits({ kind, resend, service }: SqsOptions): Traits {
  const own: readonly Capability[] =
    kind === 'fifo' ? ['message-groups', 'deduplication'] : ['delay'];
  return {
    capabilities: new Set<Capability>([
      'headers',
      'groups',
      'lease',
      'extend',
      'requeue',
      'attempts',
      'redelivered-flag',
      ...own,
    ]),
    acknowledge: 'individual',
    ackReply: 'each',
    sendReply: 'each',
    retriedBy: resend,
    offsetsKeptBy: 'broker',
    drained: 'exact-depth',
    sendLimit,
    settleLimit: { messages: batchMost, bytes: Number.MAX_SAFE_INTEGER },
    receiveLimit,
    ...(service.does === 'what-the-target-does'
      ? {}
      : {
          startedHere: 'the proxy that it needs stands only before targets that are started here',
        }),
    throttledCode: AwsCode.throttled,
    ...(service.does === 'limit-calls'
      ? { quota: { messagesPerSecond: service.callsPerSecond * batchMost } }
      : {}),
  };
}
