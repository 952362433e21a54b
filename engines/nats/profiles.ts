import type { FaultDomain } from '../../harness/core/clauses.ts';
import type { Profile } from '../engine.ts';
import type { JetStreamOptions, NatsOptions } from './options.ts';

const document = 'https://docs.nats.io';
const version = '(NATS server 2.15)';

const stream: JetStreamOptions = {
  system: 'jetstream',
  replicas: 1,
  retention: 'limits',
  acknowledgement: 'explicit',
  ackWaitMs: 5_000,
  maxAckPending: 65_536,
  duplicateWindowMs: 0,
  answerTimeoutMs: 5_000,
  resend: 'harness',
  bufferBytes: 16_777_216,
};

const crashOfClient = ['none', 'client-crash', 'connection-loss'] as const;
/**
 * A process that dies leaves its page cache to the machine. Power loss is claimed by no profile: the server syncs
 * every two minutes unless it is told otherwise (https://jepsen.io/analyses/nats-2.12.1, section 3.4), and there is no
 * node here whose power could be taken, to put `sync_interval: always` to the test.
 */
const anyCrash = [...crashOfClient, 'process-crash'] as const satisfies readonly FaultDomain[];

export const profiles = {
  core: {
    summary: 'subjects and queue groups: nothing is stored and nothing is answered',
    level: 'at-most-once',
    promises: [],
    claimedUnder: anyCrash,
    waived: [],
    deviations: [],
    consumption: 'automatic',
    source: `${document}/learn/core-nats (at most once) ${version}`,
    options: { system: 'core' },
  },
  'ack-none': {
    summary:
      'a stream, acknowledged to its senders; its consumer takes what it hands out for processed',
    level: 'at-most-once',
    promises: [],
    // Not process-crash: the server writes down later what it has handed out, and hands it out again.
    claimedUnder: crashOfClient,
    waived: [],
    deviations: [],
    consumption: 'automatic',
    source: `${document}/nats-concepts/jetstream/consumers (AckNone) ${version}`,
    options: { ...stream, acknowledgement: 'none', resend: 'nobody' },
  },
  'jetstream-r1': {
    summary: 'one copy of the stream: publishes are acknowledged, deliveries settled one by one',
    level: 'at-least-once',
    promises: ['delivery-limit'],
    // Not node-loss: the node with the only copy is the stream's only leader.
    claimedUnder: anyCrash,
    waived: [],
    deviations: [],
    consumption: 'settle-after-processing',
    source: `${document}/concepts/jetstream (at least once) ${version}`,
    options: stream,
  },
  /** Short enough to be waited for several times in one cell; what a crash of the server does to it nobody says. */
  'ack-wait': {
    summary: 'as jetstream-r1; delivered again when nothing was said for two seconds, not before',
    level: 'at-least-once',
    promises: ['lease', 'delivery-limit'],
    claimedUnder: ['none', 'client-crash'],
    waived: [],
    deviations: [],
    consumption: 'settle-after-processing',
    source: `${document}/nats-concepts/jetstream/consumers (AckWait, MaxDeliver) ${version}`,
    options: { ...stream, ackWaitMs: 2_000 },
  },
  'work-queue': {
    summary: 'as jetstream-r1; a message is removed from the stream when it is acknowledged',
    level: 'at-least-once',
    promises: [],
    claimedUnder: anyCrash,
    waived: [],
    deviations: [],
    consumption: 'settle-after-processing',
    source: `${document}/jetstream/model_deep_dive (WorkQueuePolicy) ${version}`,
    options: { ...stream, retention: 'work-queue' },
  },
  dedup: {
    summary: 'as jetstream; a copy of a send is recognised by its Nats-Msg-Id for two minutes',
    level: 'at-least-once',
    promises: ['idempotent-produce'],
    claimedUnder: [...anyCrash, 'node-loss'],
    waived: [],
    deviations: [],
    consumption: 'settle-after-processing',
    source: `${document}/jetstream/model_deep_dive (message deduplication) ${version}`,
    options: { ...stream, replicas: 3, duplicateWindowMs: 120_000 },
  },
  /** What a window is worth to who sends again later: nothing. */
  'dedup-short-window': {
    summary:
      'as dedup on one copy, for a tenth of a second: what is sent again later is stored again',
    level: 'at-least-once',
    promises: [],
    claimedUnder: anyCrash,
    waived: [],
    deviations: [],
    consumption: 'settle-after-processing',
    source: `${document}/jetstream/model_deep_dive (message deduplication) ${version}`,
    options: { ...stream, duplicateWindowMs: 100 },
  },
  jetstream: {
    summary: 'three copies of the stream, of which two have what is acknowledged',
    level: 'at-least-once',
    promises: [],
    // Node-loss is put to the test on three nodes.
    claimedUnder: [...anyCrash, 'node-loss'],
    waived: [],
    deviations: [],
    consumption: 'settle-after-processing',
    source: `${document}/learn/clustering/replication-and-r3 (quorum commit) ${version}`,
    options: { ...stream, replicas: 3 },
  },
} as const satisfies Readonly<Record<string, Profile<NatsOptions>>>;
