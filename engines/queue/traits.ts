import type { Capability, Traits } from '../engine.ts';
import { Status } from '../embedded/protocol/protocol.ts';
import type { QueueOptions } from './options.ts';

/** With the batch's own rows and the request's head it stays below the broker's largest frame. */
export const sendLimit = { messages: 10_000, bytes: 4 * 1024 * 1024 } as const;

export function traits(options: QueueOptions): Traits {
  const { receive, order, deduplication, deadLetters, quota } = options;
  const leased = receive === 'lease';
  const capabilities = new Set<Capability>([
    'keys',
    'headers',
    'groups',
    'routing',
    'places',
    'attempts',
    'redelivered-flag',
  ]);
  // A single message of a group that waits would hold the group up, or be overtaken by it.
  capabilities.add(order === 'message-groups' ? 'message-groups' : 'delay');
  if (deduplication.by !== 'nothing') capabilities.add('deduplication');
  if (leased) for (const more of ['lease', 'extend', 'requeue'] as const) capabilities.add(more);
  if (leased && deadLetters === 'queue') {
    for (const more of ['reject', 'dead-letters', 'dead-letter-causes', 'redrive'] as const)
      capabilities.add(more);
  }
  const perCall = quota.kind === 'none' ? sendLimit.messages : quota.messagesPerCall;
  return {
    capabilities,
    acknowledge: leased ? 'individual' : 'none',
    ackReply: leased ? 'each' : 'none',
    sendReply: 'each',
    retriedBy: leased ? 'harness' : 'nobody',
    offsetsKeptBy: 'broker',
    drained: 'exact-depth',
    sendLimit: { messages: perCall, bytes: sendLimit.bytes },
    settleLimit: { messages: perCall, bytes: Number.MAX_SAFE_INTEGER },
    receiveLimit: perCall,
    throttledCode: Status.throttled,
    ...(quota.kind === 'none'
      ? {}
      : { quota: { messagesPerSecond: quota.callsPerSecond * quota.messagesPerCall } }),
  };
}
