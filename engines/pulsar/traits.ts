import type { Capability, Limit, Traits } from '../engine.ts';
import type { PulsarOptions } from './options.ts';

/** The broker's own `maxMessageSize` is 5 MiB for the payload. */
export const sendLimit: Limit = { messages: 10_000, bytes: 4 * 1024 * 1024 };
/** Below `maxUnackedMessagesPerConsumer`, 50,000, at which the broker delivers nothing any more. */
export const receiveLimit = 10_000;

/**
 * A log underneath, of which subscriptions keep what is acknowledged. Redeliveries are counted only where a consumer has
 * given a message back, and not where it has left; so neither attempts nor redeliveries are declared.
 */
export function traits(options: PulsarOptions): Traits {
  return {
    capabilities: capabilitiesOf(options),
    acknowledge: options.subscription === 'failover' ? 'cumulative' : 'individual',
    ackReply: 'each',
    sendReply: 'each',
    retriedBy: options.resend,
    offsetsKeptBy: 'broker',
    drained: 'exact-depth',
    sendLimit,
    settleLimit: { messages: receiveLimit, bytes: Number.MAX_SAFE_INTEGER },
    receiveLimit,
  };
}

function capabilitiesOf({ subscription, resend }: PulsarOptions): ReadonlySet<Capability> {
  const set = new Set<Capability>(['keys', 'headers', 'routing']);
  // Of a copy that it has recognised the broker does not say where the message stands.
  if (resend === 'harness') set.add('places');
  // One member of a failover subscription is served, the others wait for its end. Of a key-shared one all are, but what
  // has no key goes to the same member, so that it is not declared that members share what comes.
  if (subscription === 'shared') set.add('groups');
  if (subscription !== 'failover') set.add('requeue');
  return set;
}
