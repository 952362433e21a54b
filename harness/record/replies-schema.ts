/** What a requester made of the replies that it got. */
import { z } from 'zod';

const count = z.number().int().nonnegative();

export const replies = z
  .strictObject({
    knownBy: z
      .enum(['correlation-id', 'turn'])
      .describe('turn: the next reply is taken for that to the oldest request without one'),
    received: count.describe('copies that were no redelivery'),
    own: count.describe('requests whose reply was taken for theirs, and was'),
    others: count.describe('replies that were taken for those to another request'),
    unidentified: count.describe('replies that did not say to which request they belong'),
  })
  .describe('Of the one requester of a cell; what a reply answers stands in its body');

export type RepliesRecord = z.infer<typeof replies>;
