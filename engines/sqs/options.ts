import { z } from 'zod';
import { queueService } from '../aws/front/service.ts';

/** A queue for each destination, which its one subscription reads. */
export const sqsOptions = z
  .strictObject({
    /** `fifo`: message groups in order, each message deduplicated by its id for five minutes. */
    kind: z.enum(['standard', 'fifo']),
    /**
     * `per-group`: high throughput of FIFO queues (`FifoThroughputLimit` and `DeduplicationScope`), by which a
     * deduplication id is known within its message group alone.
     */
    limits: z.enum(['per-queue', 'per-group']),
    /** `VisibilityTimeout` of the queues: so long a received message is hidden from others. SQS: 30 s. */
    visibilitySeconds: z.int().min(1).max(43_200),
    /** `WaitTimeSeconds` of a receive that finds nothing; 0 is a short poll, which may miss what is there. */
    receiveWaitSeconds: z.int().min(0).max(20),
    /** Calls that a producer has open at once; of a FIFO queue none of them has messages of the same group. */
    sendsAtOnce: z.int().min(1).max(64),
    /** How long a send waits for others when its call is not full; a call with ten messages leaves at once. */
    lingerMs: z.int().min(0).max(1_000),
    /** Receives that a consumer has open at once, as far as there are messages. */
    receivesAtOnce: z.int().min(1).max(64),
    /** Requests of one call. 1: the client sends nothing again. */
    attempts: z.int().min(1).max(10),
    answerTimeoutMs: z.int().min(100).max(60_000),
    resend: z.enum(['nobody', 'harness', 'client']),
    /** Unsettled messages at which a producer asks for a pause. */
    bufferMessages: z.int().min(10).max(100_000),
    /** What a proxy before the target does, where the target itself does not do it. */
    service: queueService,
  })
  .refine(
    ({ kind, limits }) => limits === 'per-queue' || kind === 'fifo',
    'only FIFO queues have limits per group',
  )
  .refine(
    ({ kind, service }) => kind === 'standard' || service.does !== 'repeat-and-disorder',
    'a FIFO queue neither repeats nor disorders',
  )
  .refine(
    ({ service, visibilitySeconds }) =>
      service.does !== 'repeat-and-disorder' || service.heldMsMost < visibilitySeconds * 1_000,
    'what is held for longer than its lease would be somebody else’s',
  )
  .refine(
    ({ attempts, resend }) => attempts > 1 === (resend === 'client'),
    'more than one attempt of a call is what resend: client means',
  );

export type SqsOptions = z.infer<typeof sqsOptions>;
