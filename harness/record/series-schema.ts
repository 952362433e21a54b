/** What happened in one second of the run's clock. */
import { z } from 'zod';

const count = z.number().int().nonnegative();
const nanoseconds = z.number();

/** Null: a crashed actor took its counts with it, or they were not kept. */
const onItsWay = count.nullable().default(null);

export const secondRow = z.strictObject({
  second: count,
  sent: count,
  acknowledged: count,
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
});

export type SecondRow = z.infer<typeof secondRow>;
