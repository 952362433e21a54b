import type { Profile } from '../engine.ts';
import { profiles as kafka } from '../kafka/profiles.ts';
import type { RedpandaOptions } from './options.ts';

const documents = 'https://docs.redpanda.com/current/develop';
const producers = `${documents}/produce-data/configure-producers/`;

const common = { promises: [], waived: [], deviations: [] } as const;

/**
 * What Redpanda's own documents say of it; none of it was ever put to a Redpanda by this project. A replica is in Raft's
 * sense here: a majority acknowledges, and nobody is asked for `min.insync.replicas`.
 */
export const profiles = {
  'acks-0': {
    ...common,
    summary: 'fire and forget: the broker does not answer, the client does not retry',
    level: 'at-most-once',
    claimedUnder: ['none', 'client-crash', 'connection-loss', 'process-crash'],
    consumption: 'settle-before-processing',
    source: `${producers}#acks0 (Redpanda 26.1)`,
    options: { kafka: kafka['acks-0'].options, writeCaching: 'off' },
  },
  'acks-1': {
    ...common,
    summary: 'the leader answers before its followers have the record, and before it is on a disk',
    level: 'at-least-once',
    // A leader that crashes before any follower has the record loses it, says the document.
    claimedUnder: ['none', 'client-crash', 'connection-loss'],
    consumption: 'settle-after-processing',
    source: `${producers}#acks1 (Redpanda 26.1)`,
    options: { kafka: kafka['acks-1'].options, writeCaching: 'off' },
  },
  'acks-all': {
    ...common,
    summary: 'a majority of the replicas has the record on its disk (fsync)',
    level: 'at-least-once',
    // Power-loss as well, which Kafka does not claim: Redpanda answers when the majority has synced.
    claimedUnder: [
      'none',
      'client-crash',
      'connection-loss',
      'process-crash',
      'node-loss',
      'power-loss',
    ],
    consumption: 'settle-after-processing',
    source: `${producers}#acksall (Redpanda 26.1)`,
    options: { kafka: kafka['acks-all'].options, writeCaching: 'off' },
  },
  'write-caching': {
    ...common,
    summary: 'as acks-all, and a majority has the record in its memory (write.caching=true)',
    level: 'at-least-once',
    // What is lost with a node the document leaves open: "at the expense of lower durability guarantees".
    claimedUnder: ['none', 'client-crash', 'connection-loss'],
    consumption: 'settle-after-processing',
    source: `${producers}#write-caching (Redpanda 26.1)`,
    options: { kafka: kafka['acks-all'].options, writeCaching: 'on' },
  },
  idempotent: {
    ...common,
    summary: 'acks=all; the broker drops the copies of a retry and keeps their order',
    level: 'at-least-once',
    promises: ['idempotent-produce', 'per-key-order'],
    claimedUnder: ['none', 'client-crash', 'connection-loss', 'process-crash', 'node-loss'],
    consumption: 'settle-after-processing',
    source: `${documents}/produce-data/idempotent-producers/ (Redpanda 26.1)`,
    options: { kafka: kafka.idempotent.options, writeCaching: 'off' },
  },
  transactional: {
    ...common,
    summary: 'idempotent; outputs and the offsets of their inputs are committed as one',
    level: 'exactly-once',
    promises: ['idempotent-produce', 'per-key-order'],
    claimedUnder: ['none', 'client-crash', 'node-loss'],
    consumption: 'settle-after-processing',
    transform: 'in-transaction',
    source: `${documents}/transactions/ (Redpanda 26.1)`,
    options: { kafka: kafka.transactional.options, writeCaching: 'off' },
  },
} as const satisfies Record<string, Profile<RedpandaOptions>>;
