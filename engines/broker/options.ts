import { z } from 'zod';
import { fsyncOption } from '../embedded/fsync.ts';

/**
 * How a client of the embedded routing broker publishes and consumes. What is not here is fixed: one topic
 * exchange for each destination, one queue for each subscription, bound to everything.
 */
export const brokerOptions = z.strictObject({
  acknowledgement: z
    .enum(['manual', 'automatic'])
    .describe('`automatic`: the broker forgets a message when it hands it out.'),
  persistent: z.boolean().describe('False: messages live in memory and end with the broker.'),
  mandatory: z.boolean().describe('A message that no queue gets comes back.'),
  deadLetters: z
    .enum(['none', 'dropped', 'exchange'])
    .describe(
      'What becomes of a message that was delivered as often as its subscription allows: it comes again for ever, is dropped, or goes to the exchange named there.',
    ),
  messageTtlMs: z
    .number()
    .int()
    .min(0)
    .max(86_400_000)
    .describe('A message that has waited so long leaves its queue when it is the next; 0: never.'),
  maxLength: z
    .number()
    .int()
    .min(0)
    .max(10_000_000)
    .describe('Most messages that wait in a queue; 0: any number.'),
  overflow: z
    .enum(['drop-head', 'reject-publish'])
    .describe('What gives way beyond it: the oldest message, or the one that comes.'),
  singleActive: z
    .boolean()
    .describe('Of several consumers of a queue only the one that came first gets anything.'),
  prefetch: z
    .number()
    .int()
    .min(1)
    .max(120_000)
    .describe('Most messages at one consumer that are not settled; automatic needs none.'),
  confirms: z
    .enum(['leader', 'majority'])
    .describe('On several nodes: whose disk a message is on when it is confirmed.'),
  replicas: z.number().int().min(1).max(7).describe('Wished for; the report says what there are.'),
  minInSync: z
    .number()
    .int()
    .min(1)
    .max(7)
    .describe('Replicas, the leader among them, without which nothing is committed.'),
  fsync: fsyncOption,
  requestTimeoutMs: z
    .number()
    .int()
    .min(1)
    .max(3_600_000)
    .describe('An unanswered request, of a heartbeat too, ends the connection after it.'),
  bufferBytes: z
    .number()
    .int()
    .min(65_536)
    .describe('Unsettled bytes at which the producer asks for a pause.'),
});

export type BrokerOptions = z.infer<typeof brokerOptions>;
