import { z } from 'zod';
import { streamService } from '../aws/front/service.ts';

/** A stream for each destination, a shard for each of its scopes. */
export const kinesisOptions = z
  .strictObject({
    /**
     * `PutRecords`: up to 500 records a call, each with an outcome of its own, in no promised order. `PutRecord`: one
     * record a call, which names the one of its key before it (`SequenceNumberForOrdering`).
     */
    call: z.enum(['PutRecords', 'PutRecord']),
    /** Calls that a producer has open at once; none of them has records of the same key. */
    sendsAtOnce: z.int().min(1).max(64),
    /** Between two reads of a shard. Kinesis takes five reads a second and shard, from all readers together. */
    pollMs: z.int().min(10).max(60_000),
    /** `Limit` of GetRecords. */
    readMost: z.int().min(1).max(10_000),
    /** A consumer that says nothing for so long has its shards given to others. The client library of AWS: 10 s. */
    failoverMs: z.int().min(200).max(600_000),
    /** Requests of one call. 1: the client sends nothing again. */
    attempts: z.int().min(1).max(10),
    answerTimeoutMs: z.int().min(100).max(60_000),
    resend: z.enum(['nobody', 'harness', 'client']),
    /**
     * Records that the limit of their shard refused are sent again for so long, as the producer library of AWS does
     * (`RecordTtl`, 30 s unless it is told otherwise); 0: not at all. Nothing of them was stored, so that none is stored
     * twice by it.
     */
    throttledForMs: z.int().min(0).max(600_000),
    /** Unsettled messages at which a producer asks for a pause. */
    bufferMessages: z.int().min(10).max(100_000),
    /** What a proxy before the target does, where the target itself does not do it. */
    service: streamService,
  })
  .refine(
    ({ attempts, resend }) => attempts > 1 === (resend === 'client'),
    'more than one attempt of a call is what resend: client means',
  );

export type KinesisOptions = z.infer<typeof kinesisOptions>;
