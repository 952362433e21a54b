import { z } from 'zod';

const durationMs = z.int().min(1).max(3_600_000);

/** Subjects and queue groups alone: nothing is stored, and nothing is answered. */
const coreOptions = z.strictObject({ system: z.literal('core') });

/** A stream for each destination, and a durable pull consumer on it for each subscription. */
const jetStreamOptions = z
  .strictObject({
    system: z.literal('jetstream'),
    /** Wished; a target with fewer nodes gets one replica per node, and the report says so. */
    replicas: z.union([z.literal(1), z.literal(3), z.literal(5)]),
    /** `work-queue`: a message is removed when it is acknowledged, and one consumer may read it. */
    retention: z.enum(['limits', 'work-queue']),
    /** `none`: the server takes a message for processed when it hands it out. */
    acknowledgement: z.enum(['explicit', 'none']),
    /** So long after a delivery without an answer the message is delivered again. The server's own: 30 s. */
    ackWaitMs: durationMs,
    /** Deliveries unsettled at a time, of all members. The server's own: 1,000. */
    maxAckPending: z.int().min(1).max(1_000_000),
    /** 0: sends carry no `Nats-Msg-Id`. Else a copy is recognised by it for so long. */
    duplicateWindowMs: z.int().min(0).max(3_600_000),
    /** A send or a settlement without an answer is unknown after it. */
    answerTimeoutMs: durationMs,
    resend: z.enum(['nobody', 'harness']),
    /** Unsettled bytes at which a producer asks for a pause. */
    bufferBytes: z.int().min(65_536).max(1_073_741_824).default(16_777_216),
  })
  .refine((o) => o.retention === 'limits' || o.acknowledgement === 'explicit', {
    error: 'a work queue needs explicit acknowledgements',
  });

export const natsOptions = z.discriminatedUnion('system', [coreOptions, jetStreamOptions]);

export type NatsOptions = z.infer<typeof natsOptions>;
export type JetStreamOptions = z.infer<typeof jetStreamOptions>;
