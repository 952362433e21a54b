import type { Capability, Limit, Traits } from '../engine.ts';
import type { JetStreamOptions, NatsOptions } from './options.ts';

/**
 * The server's own `max_payload` is 1 MiB, headers included; what a message needs besides its body must fit
 * into the difference.
 */
export const sendLimit: Limit = { messages: 10_000, bytes: 1_000_000 };
/** More than any prefetch asks for, and what a pull may name. */
export const receiveLimit = 10_000;

const settleLimit: Limit = { messages: receiveLimit, bytes: Number.MAX_SAFE_INTEGER };

export function traits(options: NatsOptions): Traits {
  return options.system === 'core' ? coreTraits : jetStreamTraits(options);
}

/** A publish has no answer, and a message that nobody waits for is gone. */
const coreTraits: Traits = {
  capabilities: new Set<Capability>(['keys', 'headers', 'groups', 'routing']),
  acknowledge: 'none',
  ackReply: 'none',
  sendReply: 'none',
  retriedBy: 'nobody',
  offsetsKeptBy: 'broker',
  replicated: false,
  unheard: 'lost',
  drained: 'quiescence',
  sendLimit,
  settleLimit,
  receiveLimit,
};

/**
 * A log underneath, read as a queue: entries have a sequence, which is their place, and are settled one by
 * one. A settlement that asks for an answer gets one, so each is proved. Without acknowledgements the
 * consumer's state says nothing about what lies in sockets and buffers, so only quiescence speaks for the drain.
 */
function jetStreamTraits(options: JetStreamOptions): Traits {
  const explicit = options.acknowledgement === 'explicit';
  return {
    capabilities: capabilitiesOf(options, explicit),
    acknowledge: explicit ? 'individual' : 'none',
    ackReply: explicit ? 'each' : 'none',
    sendReply: 'each',
    retriedBy: options.resend,
    offsetsKeptBy: 'broker',
    ...(options.replicas === 1 ? ({ replicated: false } as const) : {}),
    drained: explicit ? 'exact-depth' : 'quiescence',
    sendLimit,
    settleLimit,
    receiveLimit,
  };
}

function capabilitiesOf(options: JetStreamOptions, explicit: boolean): ReadonlySet<Capability> {
  const set = new Set<Capability>([
    'keys',
    'headers',
    'groups',
    'places',
    'attempts',
    'redelivered-flag',
  ]);
  if (options.retention === 'limits') set.add('routing');
  if (options.duplicateWindowMs > 0) set.add('deduplication');
  if (explicit) {
    for (const more of ['lease', 'requeue', 'reject', 'drop-at-limit'] as const) set.add(more);
  }
  return set;
}
