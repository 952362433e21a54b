import type { Traits } from '../engine.ts';
import type { KafkaOptions } from './options.ts';

/**
 * One record batch must stay under the broker's `message.max.bytes` (1,048,588) also when every message
 * of a call goes to one partition: 5,000 records cost about 200 kB of record headers.
 */
export const sendLimit = { messages: 5_000, bytes: 700_000 } as const;

export function traits(options: KafkaOptions): Traits {
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
      'places',
      ...(options.idempotent ? (['transactions'] as const) : []),
    ]),
    acknowledge: 'cumulative',
    ackReply: 'each',
    sendReply: answered ? 'each' : 'none',
    retriedBy: options.retries > 0 ? 'client' : 'nobody',
    offsetsKeptBy: 'broker',
    ...(options.idempotent ? { isolation: options.isolation } : {}),
    ...(options.compactionLagMs > 0 ? { unkeyed: 'refused' } : {}),
    drained: 'end-position',
    sendLimit,
    settleLimit: { messages: 100_000, bytes: Number.MAX_SAFE_INTEGER },
    receiveLimit: 100_000,
  };
}
