import type { Profile } from '../engine.ts';
import type { KafkaOptions } from './options.ts';

const document = 'https://kafka.apache.org/documentation/#producerconfigs_';
const topicDocument = 'https://kafka.apache.org/documentation/#topicconfigs_';

/** What the client does where the profile lets it retry: about a minute of refused connections. */
const retrying = {
  retries: 200,
  retryDelayMs: 50,
  connectTimeoutMs: 500,
  requestTimeoutMs: 2_000,
  brokerTimeoutMs: 2_000,
  deliveryTimeoutMs: 120_000,
} as const;

const topic = { replicas: 3, minInsyncReplicas: 2, uncleanElection: false } as const;

const consuming = {
  retentionMs: 0,
  compactionLagMs: 0,
  staticMembers: false,
  isolation: 'read-uncommitted',
  sessionTimeoutMs: 2_000,
  heartbeatIntervalMs: 300,
  fetchMaxWaitMs: 250,
  fetchMaxBytes: 1024 * 1024,
} as const;

/**
 * Five requests in flight (Kafka's and the client's default) where order is not claimed: with retries,
 * a later request may overtake one that is sent again. See `max.in.flight.requests.per.connection`.
 */
const unordered = { maxInFlight: 5, idempotent: false } as const;

const idempotence = {
  ...topic,
  ...retrying,
  ...consuming,
  isolation: 'read-committed',
  acks: 'all',
  idempotent: true,
  maxInFlight: 1,
} as const;

const keyed = {
  level: 'exactly-once',
  promises: ['idempotent-produce', 'per-key-order', 'outside-effects'],
  claimedUnder: ['none', 'client-crash'],
  waived: [],
  deviations: [],
  consumption: 'settle-after-processing',
  transform: 'in-transaction',
  outsideEffects: 'idempotency-key',
  // It leaves exactly once for other systems than its own topics to their cooperation.
  source:
    'https://kafka.apache.org/44/design/design/#message-delivery-semantics (Apache Kafka 4.4)',
  options: idempotence,
} as const;

export const profiles = {
  'acks-0': {
    summary: 'fire and forget: the broker does not answer, the client does not retry',
    level: 'at-most-once',
    promises: [],
    claimedUnder: ['none', 'client-crash', 'connection-loss', 'process-crash'],
    waived: [],
    deviations: [],
    consumption: 'settle-before-processing',
    source: `${document}acks (Apache Kafka 4.4, acks=0)`,
    options: { ...topic, ...retrying, ...consuming, ...unordered, acks: 'none', retries: 0 },
  },
  'acks-1': {
    summary: 'the leader answers once the record is in its page cache; the client may retry',
    level: 'at-least-once',
    promises: [],
    // Not process-crash: with more than one replica a follower without the record becomes the leader.
    claimedUnder: ['none', 'client-crash', 'connection-loss'],
    waived: [],
    deviations: [],
    consumption: 'settle-after-processing',
    source: `${document}acks (Apache Kafka 4.4, acks=1)`,
    options: { ...topic, ...retrying, ...consuming, ...unordered, acks: 'leader' },
  },
  'acks-all': {
    summary: 'every in-sync replica has the record in its page cache; the client may retry',
    level: 'at-least-once',
    promises: [],
    // Node-loss is put to the test on three nodes, of which two must have the record. Not power-loss: they have it
    // in their page caches.
    claimedUnder: ['none', 'client-crash', 'connection-loss', 'process-crash', 'node-loss'],
    waived: [],
    deviations: [],
    consumption: 'settle-after-processing',
    source: `${document}acks (Apache Kafka 4.4, acks=all)`,
    options: { ...topic, ...retrying, ...consuming, ...unordered, acks: 'all' },
  },
  /**
   * Weaker than it sounds: where the others lag, every in-sync replica is the leader alone. That it comes back is what
   * those acknowledgements hang on, so that the loss of a node is not claimed.
   */
  'acks-all-min-1': {
    summary: 'as acks-all; one in-sync replica is enough: the leader, when the others lag',
    level: 'at-least-once',
    promises: [],
    claimedUnder: ['none', 'client-crash', 'connection-loss'],
    waived: [],
    deviations: [],
    consumption: 'settle-after-processing',
    source: `${topicDocument}min.insync.replicas (Apache Kafka 4.4)`,
    options: {
      ...topic,
      ...retrying,
      ...consuming,
      ...unordered,
      acks: 'all',
      minInsyncReplicas: 1,
    },
  },
  unclean: {
    summary: 'as acks-all-min-1; who lags may lead when nobody else is there',
    level: 'at-least-once',
    promises: [],
    claimedUnder: ['none', 'client-crash', 'connection-loss'],
    waived: [],
    deviations: [],
    consumption: 'settle-after-processing',
    source: `${topicDocument}unclean.leader.election.enable (Apache Kafka 4.4)`,
    options: {
      ...topic,
      ...retrying,
      ...consuming,
      ...unordered,
      acks: 'all',
      minInsyncReplicas: 1,
      uncleanElection: true,
    },
  },
  'acks-all-no-retries': {
    summary: 'as acks-all; the client sends nothing again, so that every refusal is told',
    level: 'at-least-once',
    promises: [],
    claimedUnder: ['none', 'client-crash', 'connection-loss', 'process-crash', 'node-loss'],
    waived: [],
    deviations: [],
    consumption: 'settle-after-processing',
    source: `${document}retries (Apache Kafka 4.4, acks=all, min.insync.replicas=2)`,
    options: {
      ...topic,
      ...retrying,
      ...consuming,
      ...unordered,
      acks: 'all',
      retries: 0,
      // Requests of one connection are answered in turn: each may wait so long for replicas that stand still, and the
      // client must still be there to hear of it.
      brokerTimeoutMs: 300,
    },
  },
  idempotent: {
    summary: 'acks=all; the broker drops the copies of a retry, one request in flight keeps order',
    level: 'at-least-once',
    promises: ['idempotent-produce', 'per-key-order'],
    claimedUnder: ['none', 'client-crash', 'connection-loss', 'process-crash', 'node-loss'],
    waived: [],
    deviations: [],
    consumption: 'settle-after-processing',
    source: `${document}enable.idempotence (Apache Kafka 4.4)`,
    options: idempotence,
  },
  /** Who leaves in good order tells the group so; a crash does not, and nobody takes over before the session ends. */
  'static-members': {
    summary: 'idempotent; a consumer that comes back within 6 s of its crash has what it had',
    level: 'at-least-once',
    promises: ['idempotent-produce', 'per-key-order'],
    claimedUnder: ['none', 'client-crash', 'connection-loss', 'process-crash'],
    waived: [],
    deviations: [],
    consumption: 'settle-after-processing',
    source:
      'https://kafka.apache.org/documentation/#consumerconfigs_group.instance.id (Apache Kafka 4.4), KIP-345',
    options: { ...idempotence, staticMembers: true, sessionTimeoutMs: 6_000 },
  },
  'composite-key': {
    summary: 'idempotent; messages of one key go to all partitions in turn, in no order together',
    level: 'at-least-once',
    promises: ['idempotent-produce'],
    claimedUnder: ['none', 'client-crash', 'connection-loss', 'process-crash', 'node-loss'],
    waived: [],
    deviations: [],
    consumption: 'settle-after-processing',
    spread: 'composite-key',
    source: `${document}enable.idempotence (Apache Kafka 4.4)`,
    options: idempotence,
  },
  uncorrelated: {
    summary: 'as acks-all; requests and replies carry nothing by which they know each other',
    level: 'at-least-once',
    promises: [],
    claimedUnder: ['none', 'client-crash', 'connection-loss', 'process-crash', 'node-loss'],
    waived: [],
    deviations: [],
    consumption: 'settle-after-processing',
    replies: 'in-turn',
    source: `${document}acks (Apache Kafka 4.4, acks=all)`,
    options: { ...topic, ...retrying, ...consuming, ...unordered, acks: 'all' },
  },
  /** The log forgets, whoever has not read it yet: a consumer must keep up. */
  'short-retention': {
    summary: 'as acks-all; what is older than half a second is removed, read or not',
    level: 'at-least-once',
    promises: [],
    claimedUnder: ['none', 'client-crash', 'connection-loss', 'process-crash', 'node-loss'],
    waived: ['D1', 'D10'].map((clause) => ({
      clause,
      because: `retention removes what was acknowledged and is not read in time: ${topicDocument}retention.ms`,
    })),
    deviations: [],
    consumption: 'settle-after-processing',
    source: `${topicDocument}retention.ms (Apache Kafka 4.4)`,
    options: { ...topic, ...retrying, ...consuming, ...unordered, acks: 'all', retentionMs: 500 },
  },
  /** Whoever reads it late finds the newest message of each key, and little else. */
  compacted: {
    summary: 'as acks-all; what a newer message of its key has replaced is removed within seconds',
    level: 'at-least-once',
    promises: [],
    claimedUnder: ['none', 'client-crash', 'connection-loss', 'process-crash', 'node-loss'],
    waived: ['D1', 'D10'].map((clause) => ({
      clause,
      because: `compaction removes what a newer message of its key has replaced, read or not: ${topicDocument}cleanup.policy`,
    })),
    deviations: [],
    consumption: 'settle-after-processing',
    source: `${topicDocument}max.compaction.lag.ms (Apache Kafka 4.4)`,
    options: {
      ...topic,
      ...retrying,
      ...consuming,
      ...unordered,
      acks: 'all',
      compactionLagMs: 500,
    },
  },
  transactional: {
    summary: 'idempotent; outputs and the offsets of their inputs are committed as one',
    level: 'exactly-once',
    promises: ['idempotent-produce', 'per-key-order'],
    // As far as it was put to the test: of what befalls brokers the loss of a node, of a coordinator's, too.
    claimedUnder: ['none', 'client-crash', 'node-loss'],
    waived: [],
    deviations: [],
    consumption: 'settle-after-processing',
    transform: 'in-transaction',
    source: `${document}transactional.id (Apache Kafka 4.4), KIP-98, KIP-447`,
    options: idempotence,
  },
  'read-uncommitted': {
    summary: 'as transactional; consumers read what is not committed, too, and what never is',
    level: 'at-least-once',
    promises: ['idempotent-produce', 'per-key-order'],
    claimedUnder: ['none', 'client-crash'],
    waived: [],
    deviations: [],
    consumption: 'settle-after-processing',
    transform: 'in-transaction',
    source:
      'https://kafka.apache.org/documentation/#consumerconfigs_isolation.level (Apache Kafka 4.4)',
    options: { ...idempotence, isolation: 'read-uncommitted' },
  },
  'keyed-effects': {
    ...keyed,
    summary: 'transactional, and effects outside carry an idempotency key',
  },
  'late-keys': {
    summary: 'transactional; keys of effects outside are stored apart, after the offsets',
    level: 'exactly-once',
    promises: ['idempotent-produce', 'per-key-order'],
    claimedUnder: ['none', 'client-crash'],
    waived: [],
    deviations: [],
    consumption: 'settle-after-processing',
    transform: 'in-transaction',
    outsideEffects: 'key-after-commit',
    source:
      'https://kafka.apache.org/44/design/design/#message-delivery-semantics (Apache Kafka 4.4)',
    options: idempotence,
  },
  'skips-undecodable': {
    ...keyed,
    summary: 'keyed-effects; a record that cannot be decoded is skipped after its retries',
    undecodable: 'skipped',
  },
  'commits-before-write': {
    ...keyed,
    summary: 'keyed-effects; who collects rows commits before they are in a file',
    collected: 'committed-before-written',
  },
} as const satisfies Record<string, Profile<KafkaOptions>>;
