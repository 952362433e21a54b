/** What several readers of one stream made of it, each with a policy of its own. */
import { z } from 'zod';

const count = z.number().int().nonnegative();
const nanoseconds = z.number();

const responses = z.strictObject({
  count,
  p50Ns: nanoseconds,
  p99Ns: nanoseconds,
  maxNs: nanoseconds,
});

export const exercise = z
  .strictObject({
    spread: z
      .strictObject({
        users: count,
        usersSeen: count.describe('of whom something was acknowledged'),
        partitions: count,
        least: count.describe('messages in the partition that has fewest'),
        most: count,
        chiSquare: z
          .number()
          .describe(
            'of messages by partition against equal shares; one degree of freedom less than partitions',
          ),
      })
      .describe('how users came to partitions'),
    stages: z
      .array(
        z.strictObject({
          arrivals: z.string(),
          plannedPerSecond: z.number(),
          achievedPerSecond: z.number(),
          isOutage: z.boolean().describe('the broker was gone, or was made up for, in it'),
        }),
      )
      .describe('of the load'),
    examined: z
      .strictObject({
        outside: responses.describe('of records that came outside the failover window'),
        within: responses.nullable().describe('null: none came within it'),
        windowNs: nanoseconds.describe('how long the failover window was; whole seconds'),
      })
      .nullable()
      .describe('response times of who decides about each record; null: a report is missing'),
    setAside: z
      .strictObject({
        undecodable: count.describe('acknowledged records that could not be decoded'),
        deadLetters: count.describe('copies that the reader of dead letters got'),
        missing: count.describe('undecodable, and among no dead letters'),
        others: count.describe('dead letters that are no acknowledged undecodable record'),
      })
      .describe('what could not be decoded'),
    files: z.strictObject({
      files: count,
      rows: count.describe('events that have a row'),
      rowsAgain: count.describe('rows of events that had one already'),
    }),
  })
  .describe('What several readers of one stream made of it');

export type ExerciseRecord = z.infer<typeof exercise>;
