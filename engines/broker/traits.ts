import type { Capability, Traits } from '../engine.ts';
import type { BrokerOptions } from './options.ts';

/** With the batch's own rows and the request's head it stays below the broker's largest frame. */
export const sendLimit = { messages: 10_000, bytes: 4 * 1024 * 1024 } as const;

export function traits(options: BrokerOptions): Traits {
  const { acknowledgement, mandatory, persistent, prefetch, deadLetters, singleActive } = options;
  const manual = acknowledgement === 'manual';
  const capabilities = new Set<Capability>([
    'keys',
    'headers',
    'routing',
    'bindings',
    'attempts',
    'redelivered-flag',
  ]);
  // Of several members one has everything.
  if (!singleActive) capabilities.add('groups');
  if (manual) for (const more of ['requeue', 'reject'] as const) capabilities.add(more);
  if (deadLetters === 'dropped') capabilities.add('drop-at-limit');
  if (deadLetters === 'exchange') {
    for (const more of ['dead-letters', 'dead-letter-causes'] as const) capabilities.add(more);
  }
  if (mandatory) capabilities.add('returns');
  return {
    capabilities,
    acknowledge: manual ? 'individual' : 'none',
    ackReply: manual ? 'each' : 'none',
    sendReply: 'each',
    // Who keeps messages in memory alone asks for at most once, which begins with the sender.
    retriedBy: manual && persistent ? 'harness' : 'nobody',
    offsetsKeptBy: 'broker',
    drained: 'exact-depth',
    sendLimit,
    settleLimit: { messages: 10_000, bytes: Number.MAX_SAFE_INTEGER },
    receiveLimit: manual ? Math.min(10_000, prefetch) : 10_000,
  };
}
