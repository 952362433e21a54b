import { z } from 'zod';
import { fsyncOption } from '../embedded/fsync.ts';
import { defaultMaxInFlight } from '../embedded/protocol/queue-attributes.ts';

const permille = z.number().int().min(0).max(1000);
const durationMs = z.number().int().min(1).max(3_600_000);

/** How a client of the embedded queue receives. */
export const queueOptions = z
  .strictObject({
    receive: z
      .enum(['lease', 'delete'])
      .describe('`delete`: the queue forgets a message when it hands it out.'),
    leaseMs: durationMs.describe(
      'How long a received message stays hidden from others. Nothing but its end gives the messages of a crashed holder back. SQS: 30 s.',
    ),
    receiveWaitMs: durationMs.describe('Long poll of a consumer that finds nothing.'),
    order: z
      .enum(['arrival', 'message-groups'])
      .describe('`message-groups`: within a group first in, first out, and one receive at a time.'),
    deduplication: z.discriminatedUnion('by', [
      z.strictObject({ by: z.literal('nothing') }),
      z.strictObject({
        by: z
          .enum(['id', 'content'])
          .describe('`content`: the SHA-256 of its body stands for an id that a message lacks.'),
        windowMs: durationMs.describe('So long after the first send its copies are recognised.'),
      }),
    ]),
    delayMs: z
      .number()
      .int()
      .min(0)
      .max(900_000)
      .describe('A message that names no delay of its own stays hidden for so long.'),
    disorder: z
      .discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('none') }),
        z.strictObject({
          kind: z.literal('seeded'),
          seed: z.number().int().min(0).max(0xffff_ffff),
          latePermille: permille.describe('Messages that let others pass.'),
          passedByMost: z.number().int().min(1).max(1_000_000),
          undeletedPermille: permille.describe(
            'Deletions that are answered well, and after which the message comes back.',
          ),
        }),
      ])
      .describe('What best-effort order and at-least-once delivery allow a queue to do.'),
    deadLetters: z
      .enum(['none', 'queue'])
      .describe(
        '`queue`: what was received as often as its subscription allows goes to the queue named there. `none`: it comes again for ever.',
      ),
    retentionMs: z
      .number()
      .int()
      .min(0)
      .max(1_209_600_000)
      .describe('How long a message is kept at most; 0: until it is deleted.'),
    quota: z
      .discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('none') }),
        z.strictObject({
          kind: z.literal('calls'),
          callsPerSecond: z.number().int().min(1).max(1_000_000),
          messagesPerCall: z.number().int().min(1).max(10_000),
        }),
      ])
      .describe('Calls of each action beyond it are refused, and certainly do nothing.'),
    maxInFlight: z
      .number()
      .int()
      .min(1)
      .max(defaultMaxInFlight)
      .describe(
        'Most messages in hands at a time. SQS: 120,000, until 2024 20,000 of FIFO queues.',
      ),
    receiveBytes: z.number().int().min(1).max(4_194_304),
    fsync: fsyncOption,
    requestTimeoutMs: durationMs.describe('An unanswered request ends the connection after it.'),
    bufferBytes: z
      .number()
      .int()
      .min(65_536)
      .describe('Unsettled bytes at which the producer asks for a pause.'),
  })
  .refine(
    (o) => o.deadLetters === 'none' || o.receive === 'lease',
    'what is deleted when it is received never becomes a dead letter',
  )
  .refine(
    (o) => o.disorder.kind === 'none' || (o.order === 'arrival' && o.receive === 'lease'),
    'disorder is for queues in the order of arrival that lease their messages',
  )
  .refine(
    (o) => o.requestTimeoutMs >= 2 * o.receiveWaitMs,
    'requestTimeoutMs must be at least twice receiveWaitMs',
  );

export type QueueOptions = z.infer<typeof queueOptions>;
