import type { FaultDomain } from '../../harness/core/clauses.ts';
import type { Profile } from '../engine.ts';
import type { PulsarOptions } from './options.ts';

const document = 'https://pulsar.apache.org/docs/4.0.x';
const version = '(Apache Pulsar 4.0)';

const shared: PulsarOptions = {
  subscription: 'shared',
  resend: 'harness',
  answerTimeoutMs: 10_000,
  deliveryTimeoutMs: 120_000,
  bufferBytes: 16_777_216,
};

/**
 * A process that dies leaves its page cache to the machine. Power loss is claimed by no profile, though the journal is
 * synced before the answer: there is no node here whose power could be taken.
 */
const anyCrash = [
  'none',
  'client-crash',
  'connection-loss',
  'process-crash',
] as const satisfies readonly FaultDomain[];

export const profiles = {
  shared: {
    summary: 'members of a shared subscription take turns; each message is acknowledged by itself',
    level: 'at-least-once',
    promises: [],
    claimedUnder: anyCrash,
    waived: [],
    deviations: [],
    consumption: 'settle-after-processing',
    source: `${document}/concepts-messaging/#shared ${version}`,
    options: shared,
  },
  failover: {
    summary: 'one member is served, the others wait for its end; acknowledged up to a message',
    level: 'at-least-once',
    promises: [],
    claimedUnder: anyCrash,
    waived: [],
    deviations: [],
    consumption: 'settle-after-processing',
    source: `${document}/concepts-messaging/#failover ${version}`,
    options: { ...shared, subscription: 'failover' },
  },
  deduplicated: {
    summary:
      'as failover; a named producer sends again with the same numbers, and copies are dropped',
    level: 'at-least-once',
    promises: ['idempotent-produce', 'per-key-order'],
    claimedUnder: anyCrash,
    waived: [],
    deviations: [],
    consumption: 'settle-after-processing',
    source: `${document}/concepts-messaging/#message-deduplication ${version}`,
    options: { ...shared, subscription: 'failover', resend: 'client' },
  },
  'key-shared': {
    summary: 'as deduplicated, and all members are served: a key goes to one of them at a time',
    level: 'at-least-once',
    promises: ['idempotent-produce', 'per-key-order'],
    // Not process-crash: what was acknowledged one by one comes again then, and without places nobody can tell it from
    // what is stored twice.
    claimedUnder: ['none', 'client-crash', 'connection-loss'],
    waived: [],
    deviations: [],
    consumption: 'settle-after-processing',
    source: `${document}/concepts-messaging/#key_shared ${version}`,
    options: { ...shared, subscription: 'key-shared', resend: 'client' },
  },
} as const satisfies Readonly<Record<string, Profile<PulsarOptions>>>;
