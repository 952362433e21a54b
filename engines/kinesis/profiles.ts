import type { FaultDomain } from '../../harness/core/clauses.ts';
import type { Profile } from '../engine.ts';
import type { KinesisOptions } from './options.ts';

const guide = 'https://docs.aws.amazon.com/streams/latest/dev';
const reference = 'https://docs.aws.amazon.com/kinesis/latest/APIReference';
const api = '(API version 2013-12-02)';

const shards: KinesisOptions = {
  call: 'PutRecords',
  sendsAtOnce: 4,
  // Four reads a second and shard: Kinesis takes five.
  pollMs: 250,
  readMost: 2_000,
  failoverMs: 3_000,
  attempts: 1,
  answerTimeoutMs: 5_000,
  resend: 'harness',
  throttledForMs: 0,
  bufferMessages: 5_000,
  service: { does: 'what-the-target-does' },
};

/**
 * Kinesis stores what it acknowledges in three availability zones (disaster-recovery-resiliency.html), so a crash of a
 * process is the least that its promise survives. Node and power loss are claimed by no profile: no target here has a
 * second node, or one whose power could be taken.
 */
const anyCrash = [
  'none',
  'client-crash',
  'connection-loss',
  'process-crash',
] as const satisfies readonly FaultDomain[];

export const profiles = {
  /** Copies are allowed by its document, and PutRecords promises no order. */
  shards: {
    summary:
      'PutRecords; consumers keep a checkpoint of each shard; sent again by the harness alone',
    level: 'at-least-once',
    promises: [],
    claimedUnder: anyCrash,
    waived: [],
    deviations: [],
    consumption: 'settle-after-processing',
    source: `${guide}/kinesis-record-processor-duplicates.html and disaster-recovery-resiliency.html ${api}`,
    options: shards,
  },
  ordered: {
    summary: 'PutRecord, one record a call, which names the one of its key before it',
    level: 'at-least-once',
    promises: ['per-key-order'],
    claimedUnder: anyCrash,
    waived: [],
    deviations: [],
    consumption: 'settle-after-processing',
    source: `${reference}/API_PutRecord.html#API_PutRecord_RequestParameters (SequenceNumberForOrdering) ${api}`,
    options: { ...shards, call: 'PutRecord', sendsAtOnce: 32 },
  },
  /** The client answers ok after a lost answer, and has stored the records twice. */
  'as-users-run-it': {
    summary: 'as shards, with the retries that the client has by default',
    level: 'at-least-once',
    promises: [],
    claimedUnder: anyCrash,
    waived: [],
    deviations: [],
    consumption: 'settle-after-processing',
    source: `${guide}/kinesis-record-processor-duplicates.html ${api}`,
    // SDK reference guide, retry behavior: standard, three attempts.
    options: { ...shards, attempts: 3, resend: 'client' },
  },
  /** No target here has the limits of a shard, and who meets them has to send again. */
  'shard-quota': {
    summary:
      'as shards, with the quota of a shard: 1,000 records/s and 1 MiB/s, 5 reads/s and 2 MiB/s; sent again for 30 s',
    level: 'at-least-once',
    promises: [],
    claimedUnder: anyCrash,
    waived: [],
    deviations: [],
    consumption: 'settle-after-processing',
    source: `${guide}/service-sizes-and-limits.html and ${reference}/API_PutRecords.html ${api}`,
    options: {
      ...shards,
      throttledForMs: 30_000,
      service: {
        does: 'limit-shards',
        recordsPerSecond: 1_000,
        bytesPerSecond: 1_048_576,
        readsPerSecond: 5,
        readBytesPerSecond: 2_097_152,
      },
    },
  },
} as const satisfies Readonly<Record<string, Profile<KinesisOptions>>>;
