/** Which side of a cell was at its limit under the load, and how busy all of them were. */
import { z } from 'zod';

export const limitSides = ['quota', 'client-cpu', 'broker-cpu', 'disk', 'machine', 'none'] as const;

const share = z.number().min(0).max(1).nullable();

export const limit = z.strictObject({
  side: z
    .enum(limitSides)
    .describe(
      'quota: of the system, whatever else was busy; disk: a broker waited for it; machine: all cores together; none: nothing was at its limit',
    ),
  clientThread: share.describe('CPU of the busiest client thread, of one core'),
  brokerThread: share.describe('CPU of the busiest broker thread, of one core'),
  brokerDisk: share.describe(
    'looks in which a broker thread waited for a device, such as in a sync',
  ),
  machine: share.describe('CPU of all cores, whoever used it'),
  throttled: z
    .number()
    .int()
    .nonnegative()
    .nullable()
    .default(null)
    .describe('sends that a limit refused, at whichever attempt; null: not known'),
  quota: z
    .strictObject({
      messagesPerSecond: z.number().positive().describe('what it takes'),
      acknowledgedPerSecond: z
        .number()
        .nonnegative()
        .describe('in the middle one of the seconds under load'),
      throttled: z.number().int().positive().describe('sends that were refused by it'),
      sent: z.number().int().nonnegative().describe('all sends under load'),
    })
    .nullable()
    .default(null)
    .describe('present where sends were throttled, and the load lasted for some seconds'),
});

export type LimitRecord = z.infer<typeof limit>;
