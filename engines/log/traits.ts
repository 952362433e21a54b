import type { Traits } from '../engine.ts';
import type { LogOptions } from './options.ts';

/** With the batch's own rows and the request's head it stays below the broker's largest frame. */
export const sendLimit = { messages: 10_000, bytes: 4 * 1024 * 1024 } as const;

const noTieredReplica = 'the journal of a replica has no tier';

export function traits(options: LogOptions): Traits {
  const answered = options.acks !== 'none';
  return {
    capabilities: new Set([
      'keys',
      'partitions',
      'headers',
      'groups',
      'rebalance-events',
      'seek',
      'replay',
      'start-at-time',
      'places',
      ...(options.transactions ? (['transactions'] as const) : []),
    ]),
    acknowledge: 'cumulative',
    ackReply: 'each',
    sendReply: answered ? 'each' : 'none',
    retriedBy: answered ? 'client' : 'nobody',
    offsetsKeptBy: 'broker',
    ...(options.transactions ? { isolation: options.isolation } : {}),
    ...(options.cleanup.kind === 'compact' ? { unkeyed: 'refused' } : {}),
    drained: 'end-position',
    sendLimit,
    ...(options.tier.kind === 'none' ? {} : { oneNode: noTieredReplica }),
    settleLimit: { messages: 100_000, bytes: Number.MAX_SAFE_INTEGER },
    receiveLimit: 100_000,
  };
}
