/** Who read what of a cell's first subscription: how much each consumer held, and how far each scope was behind. */
import { z } from 'zod';

const count = z.number().int().nonnegative();

/** Rows of each list; whoever is beyond is left out, and counted. */
export const mostReadingRows = 64;

const nanoseconds = z.number();

export const countdown = z
  .strictObject({
    skipped: count.describe('positions that nobody was given, because they were gone'),
    first: z
      .strictObject({
        scope: count,
        atNs: nanoseconds.describe('when more was unread than is kept'),
        kept: count.describe('messages that were still there when others were gone'),
        leftByHalfNs: nanoseconds.describe('from an alert at half of what is kept'),
        leftByNineTenthsNs: nanoseconds.describe('from an alert at nine tenths of it'),
        leftByGrowthNs: nanoseconds.describe(
          'from an alert when it would be full in a second, by the growth of the last half second',
        ),
      })
      .nullable()
      .describe('of the scope in which it happened first; null: nowhere'),
  })
  .describe('What was removed before it was read');

export const reading = z
  .strictObject({
    consumers: z
      .array(
        z.strictObject({
          name: z.string(),
          delivered: count.describe('copies'),
          mostHeld: count.describe('copies that it had got and not processed, at any instant'),
        }),
      )
      .describe('also those that got nothing'),
    consumersTotal: count,
    scopes: z
      .array(
        z.strictObject({
          scope: count,
          stored: count.describe('messages that were acknowledged there'),
          mostUnread: count.describe('from the furthest delivery to the end, at any instant'),
        }),
      )
      .describe('empty where the system tells no positions'),
    scopesTotal: count,
    keys: z
      .strictObject({
        stored: count.describe(
          'keys of which something was acknowledged, as long as there are few',
        ),
        inSeveral: count.describe('of these, with messages in more than one scope'),
      })
      .describe('a key of one producer'),
    countdown: countdown.nullable().describe('null: positions are not dense here'),
  })
  .describe('Of the first subscription that consumers read');

export type CountdownRecord = z.infer<typeof countdown>;
export type ReadingRecord = z.infer<typeof reading>;
