import { z } from 'zod';

const durationMs = z.int().min(1).max(3_600_000);

/** A stream for each destination, and a consumer group on it for each subscription. */
export const redisOptions = z.strictObject({
  /** `appendfsync` of the servers; those that are started here are started with it. */
  appendFsync: z.enum(['everysec', 'always']),
  /** `none`: read with NOACK, so that the server takes an entry for processed when it hands it out. */
  acknowledgement: z.enum(['explicit', 'none']),
  /**
   * A batch of sends is acknowledged when so many replicas have it (WAIT); 0: when the primary has it. Wished: a
   * target with fewer replicas gets what it has, and the report says so.
   */
  waitForReplicas: z.int().min(0).max(8),
  /** Entries beyond so many are trimmed by the next send, the oldest first (MAXLEN); 0: none are. */
  maxLength: z.int().min(0).max(100_000_000),
  /** An entry that was delivered so long ago, and not acknowledged, is claimed by whoever asks. */
  claimAfterMs: durationMs,
  /** A connection that leaves a command unanswered for so long is given up. */
  answerTimeoutMs: durationMs,
  resend: z.enum(['nobody', 'harness']),
  /** Unsettled bytes at which a producer asks for a pause. */
  bufferBytes: z.int().min(65_536).max(1_073_741_824).default(16_777_216),
});

export type RedisOptions = z.infer<typeof redisOptions>;
