import type { Capability, Limit, Traits } from '../engine.ts';
import type { RedisOptions } from './options.ts';

/** Far below the server's own (`proto-max-bulk-len`, 512 MiB), as one batch is written at once. */
export const sendLimit: Limit = { messages: 10_000, bytes: 16_777_216 };
/** More than any prefetch asks for. */
export const receiveLimit = 10_000;

const settleLimit: Limit = { messages: receiveLimit, bytes: Number.MAX_SAFE_INTEGER };

/**
 * A log underneath, read as a queue: entries have an id, which is their place, and are settled one by one. Without
 * acknowledgements nothing counts deliveries, and the group says nothing about what lies in sockets and buffers, so
 * only quiescence speaks for the drain.
 */
export function traits({ acknowledgement, resend }: RedisOptions): Traits {
  const explicit = acknowledgement === 'explicit';
  const counted = explicit ? (['lease', 'attempts', 'redelivered-flag'] as const) : [];
  return {
    capabilities: new Set<Capability>([
      'keys',
      'headers',
      'groups',
      'routing',
      'places',
      ...counted,
    ]),
    acknowledge: explicit ? 'individual' : 'none',
    ackReply: explicit ? 'each' : 'none',
    sendReply: 'each',
    retriedBy: resend,
    offsetsKeptBy: 'broker',
    drained: explicit ? 'exact-depth' : 'quiescence',
    sendLimit,
    settleLimit,
    receiveLimit,
  };
}
