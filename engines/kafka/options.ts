import { z } from 'zod';

/**
 * Everything that decides what a Kafka profile promises. Client behaviour that Kafka's documentation
 * leaves to the application (who retries, how often, how many requests in flight) is named here and
 * nowhere else, so that a result can print it.
 */
export const kafkaOptions = z
  .strictObject({
    /** `none`: acks=0, the broker does not answer. `leader`: acks=1. `all`: acks=-1. */
    acks: z.enum(['none', 'leader', 'all']),
    idempotent: z.boolean(),
    /** Wished; a target with fewer nodes gets one replica per node, and the report says so. */
    replicas: z.int().min(1).max(32_767),
    minInsyncReplicas: z.int().min(1).max(32_767),
    /** Whether a replica that is out of sync may lead where nobody else is left. */
    uncleanElection: z.boolean().default(false),
    /** Wire attempts after the first, made by the client library without telling anybody. */
    retries: z.int().min(0).max(100_000),
    retryDelayMs: z.int().min(0).max(60_000),
    connectTimeoutMs: z.int().min(50).max(60_000),
    /** How long the client waits for a response before it closes the connection. */
    requestTimeoutMs: z.int().min(100).max(300_000),
    /** How long the broker may wait for its in-sync replicas before it answers REQUEST_TIMED_OUT. */
    brokerTimeoutMs: z.int().min(100).max(300_000),
    /** A send that has no outcome by then ends the session; it must exceed what the retries may take. */
    deliveryTimeoutMs: z.int().min(1_000).max(3_600_000),
    /** Requests in flight on one connection. More than one and `retries` above 0 may reorder a lane. */
    maxInFlight: z.int().min(1).max(1_000),
    /**
     * Age at which the topics of a cell lose messages, read or not, within some seconds; their segments are a fifth of
     * it. 0: what the broker has for all topics.
     */
    retentionMs: z.int().min(0).max(86_400_000).default(0),
    /**
     * The topics of a cell are compacted, and a message that a newer one of its key has replaced may stay for so long
     * before the cleaner looks at it; their segments are half of it. 0: what the broker has for all topics.
     */
    compactionLagMs: z.int().min(0).max(86_400_000).default(0),
    isolation: z.enum(['read-uncommitted', 'read-committed']),
    /** Consumers have an instance id that outlives them: who comes back within the session has what it had. */
    staticMembers: z.boolean().default(false),
    /** Raised to what the target accepts; Kafka's own minimum is 6000. */
    sessionTimeoutMs: z.int().min(100).max(1_800_000),
    heartbeatIntervalMs: z.int().min(20).max(600_000),
    fetchMaxWaitMs: z.int().min(1).max(60_000),
    fetchMaxBytes: z
      .int()
      .min(1_024)
      .max(64 * 1024 * 1024),
  })
  .refine((o) => !o.idempotent || (o.acks === 'all' && o.retries >= 2 && o.maxInFlight === 1), {
    error:
      'idempotent needs acks: all, retries of 2 or more and maxInFlight: 1, because the client forces them',
  })
  .refine((o) => o.retentionMs === 0 || o.compactionLagMs === 0, {
    error: 'retentionMs and compactionLagMs are two ways to clean a topic up: set one of them',
  })
  .refine((o) => o.heartbeatIntervalMs * 2 <= o.sessionTimeoutMs, {
    error: 'heartbeatIntervalMs must be at most half of sessionTimeoutMs',
  });

export type KafkaOptions = z.infer<typeof kafkaOptions>;

/** As the protocol numbers them. */
export const acksOnWire = { none: 0, leader: 1, all: -1 } as const;

/** As the protocol numbers it. */
export function isolationLevel(options: KafkaOptions): 0 | 1 {
  return options.isolation === 'read-committed' ? 1 : 0;
}
