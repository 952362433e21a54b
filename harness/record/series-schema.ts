/** What happened in one second of the run's clock. */
import { z } from 'zod';

const count = z.number().int().nonnegative();
const nanoseconds = z.number();

/**
 * What is measured of messages second by second, as it is called in a latency log. *Response* counts from the instant
 * at which a message was due, *service* from its hand-over to the client; `send-delay` is from the one to the other.
 */
export const timedDistributions = [
  'publish-response',
  'publish-service',
  'send-delay',
  'lateness',
  'client-blocked',
  'end-to-end-response',
  'end-to-end-service',
  'redelivery',
] as const;
export type TimedDistribution = (typeof timedDistributions)[number];

/** Null: a crashed actor took its counts with it, or they were not kept. */
const onItsWay = count.nullable().default(null);

export const secondRow = z.strictObject({
  second: count,
  sent: count,
  acknowledged: count,
  failed: count.default(0).describe('attempts to send that certainly had no effect'),
  unknown: count.default(0).describe('attempts to send whose outcome is not known'),
  delivered: count,
  inFlight: onItsWay.describe('sends without an outcome at the end of the second'),
  backlog: onItsWay.describe(
    'messages sent, not failed and not delivered yet at the end of the second, by subscription; it includes those in flight',
  ),
  publishP50Ns: nanoseconds,
  publishP99Ns: nanoseconds,
  publishMaxNs: nanoseconds,
  endToEndP50Ns: nanoseconds,
  endToEndP99Ns: nanoseconds,
  endToEndMaxNs: nanoseconds,
  publishServiceP99Ns: nanoseconds.default(0),
  endToEndServiceP99Ns: nanoseconds.default(0),
  latenessP99Ns: nanoseconds.default(0),
  clientBlockedP99Ns: nanoseconds.default(0),
  redeliveryP50Ns: nanoseconds.default(0).describe('of what was delivered again in this second'),
  redeliveryP99Ns: nanoseconds.default(0),
  redeliveryMaxNs: nanoseconds.default(0),
  gcNs: nanoseconds.default(0).describe('garbage collection in all client threads together'),
  loopDelayMaxNs: nanoseconds
    .default(0)
    .describe('longest delay of an event loop among the client threads'),
});

export type SecondRow = z.infer<typeof secondRow>;
