import type { Capability, Limit, Traits } from '../engine.ts';
import type { RabbitOptions } from './options.ts';

/** `basic.qos` counts in 16 bits. */
export const largestPrefetch = 65_535;
/** Default `max_message_size` since RabbitMQ 4.0; earlier brokers allow 128 MiB. */
const largestMessageBytes = 16 * 1024 * 1024;

const anyNumber: Limit = { messages: largestPrefetch, bytes: Number.MAX_SAFE_INTEGER };

/**
 * An acknowledgement has no reply. On a classic queue a later synchronous call on the same channel
 * proves it: channel and queue process messages in order. A quorum queue answers a passive declare from
 * state that its log may be ahead of, so nothing proves its acknowledgements.
 *
 * With `no-ack` the depth of the queue says nothing about what lies in sockets and client buffers, so
 * only quiescence speaks for the drain.
 */
export function traits(options: RabbitOptions): Traits {
  const manual = options.acknowledgement === 'manual';
  return {
    capabilities: capabilitiesOf(options, manual),
    acknowledge: manual ? 'individual' : 'none',
    ackReply: manual && options.queueType === 'classic' ? 'fence' : 'none',
    ...(options.queueType === 'classic' ? { replicated: false } : {}),
    sendReply: 'each',
    retriedBy: options.resend,
    offsetsKeptBy: 'broker',
    drained: manual ? 'exact-depth' : 'quiescence',
    sendLimit: { messages: largestPrefetch, bytes: largestMessageBytes },
    settleLimit: anyNumber,
    receiveLimit: largestPrefetch,
  };
}

function capabilitiesOf(options: RabbitOptions, manual: boolean): ReadonlySet<Capability> {
  const set = new Set<Capability>(['keys', 'headers', 'routing', 'bindings', 'redelivered-flag']);
  // Of several members one has everything.
  if (!options.singleActive) set.add('groups');
  if (manual) {
    set.add('requeue');
    set.add('reject');
  }
  if (options.deadLetters === 'exchange') set.add('dead-letters');
  if (options.deadLetters === 'dropped') set.add('drop-at-limit');
  if (options.mandatory) set.add('returns');
  if (options.queueType === 'quorum') set.add('attempts');
  return set;
}
