import { oneNode, oneNodeSynced } from '../embedded/one-node.ts';
import type { Profile } from '../engine.ts';
import type { BrokerOptions } from './options.ts';

const document = 'docs/embedded-broker.md (embedded broker, protocol 1)';

const base: BrokerOptions = {
  acknowledgement: 'manual',
  persistent: true,
  mandatory: true,
  deadLetters: 'none',
  messageTtlMs: 0,
  maxLength: 0,
  overflow: 'drop-head',
  singleActive: false,
  prefetch: 10_000,
  confirms: 'leader',
  replicas: 1,
  minInSync: 1,
  fsync: { kind: 'never' },
  requestTimeoutMs: 5_000,
  bufferBytes: 33_554_432,
};

const replicated = { confirms: 'majority', replicas: 3, minInSync: 2 } as const;

export const profiles = {
  /** Sends are repeated by nobody: at most once begins with the sender. */
  'auto-ack': {
    summary: 'confirms and persistent messages, forgotten by the broker when it hands them out',
    level: 'at-most-once',
    promises: [],
    claimedUnder: oneNode,
    waived: [],
    deviations: [],
    consumption: 'automatic',
    source: document,
    options: { ...base, acknowledgement: 'automatic' },
  },
  'manual-ack': {
    summary: 'confirms and persistent messages, acknowledged after processing',
    level: 'at-least-once',
    promises: ['routing'],
    claimedUnder: oneNode,
    waived: [],
    deviations: [],
    consumption: 'settle-after-processing',
    source: document,
    options: base,
  },
  /** One order for all of a queue, and no more hands than one: the others wait for it to end. */
  'single-active': {
    summary: 'as manual-ack; of several consumers of a queue only the first gets anything',
    level: 'at-least-once',
    promises: ['routing'],
    claimedUnder: oneNode,
    waived: [],
    deviations: [],
    consumption: 'settle-after-processing',
    source: document,
    options: { ...base, singleActive: true },
  },
  /** What it costs to know replies by nothing but their turn. */
  uncorrelated: {
    summary: 'as manual-ack; requests and replies carry nothing by which they know each other',
    level: 'at-least-once',
    promises: ['routing'],
    claimedUnder: oneNode,
    waived: [],
    deviations: [],
    consumption: 'settle-after-processing',
    replies: 'in-turn',
    source: document,
    options: base,
  },
  /** What asking for returns is worth. */
  'not-mandatory': {
    summary: 'as manual-ack; what no queue wants is confirmed, and nobody is told',
    level: 'at-least-once',
    promises: [],
    claimedUnder: oneNode,
    waived: [],
    deviations: [],
    consumption: 'settle-after-processing',
    source: document,
    options: { ...base, mandatory: false },
  },
  /** What a message that nobody can process is worth: it leaves the others alone, and is not lost. */
  'dead-letters': {
    summary: 'as manual-ack; what was delivered too often goes to a dead-letter exchange',
    level: 'at-least-once',
    promises: ['dead-letter'],
    claimedUnder: oneNode,
    waived: [],
    deviations: [],
    consumption: 'settle-after-processing',
    source: document,
    options: { ...base, deadLetters: 'exchange' },
  },
  /** What expires is no loss: it is among the dead letters, which say why. */
  expiring: {
    summary: 'as dead-letters; what has waited for 5 s goes there, too',
    level: 'at-least-once',
    promises: ['dead-letter'],
    claimedUnder: oneNode,
    waived: [],
    deviations: [],
    consumption: 'settle-after-processing',
    source: document,
    options: { ...base, deadLetters: 'exchange', messageTtlMs: 5_000 },
  },
  'max-length': {
    summary: 'as manual-ack; of more than 1,000 waiting messages the oldest are dropped',
    level: 'at-least-once',
    promises: [],
    claimedUnder: oneNode,
    waived: [
      {
        clause: 'D1',
        because: `the oldest messages give way to new ones beyond the length: ${document}`,
      },
    ],
    deviations: [],
    consumption: 'settle-after-processing',
    source: document,
    options: { ...base, maxLength: 1_000 },
  },
  /** A refusal is a definite failure, which its sender knows: nothing that was confirmed is lost. */
  'reject-publish': {
    summary: 'as manual-ack; beyond 1,000 waiting messages the queue refuses more',
    level: 'at-least-once',
    promises: [],
    claimedUnder: oneNode,
    waived: [],
    deviations: [],
    consumption: 'settle-after-processing',
    source: document,
    options: { ...base, maxLength: 1_000, overflow: 'reject-publish' },
  },
  /** What a delivery limit does when nobody has named a dead-letter exchange. */
  'drop-at-limit': {
    summary: 'as manual-ack; what was delivered too often is dropped, and nobody is told',
    level: 'at-least-once',
    promises: [],
    claimedUnder: oneNode,
    waived: [],
    deviations: [],
    consumption: 'settle-after-processing',
    source: document,
    options: { ...base, deadLetters: 'dropped' },
  },
  'manual-ack-fsync-every-batch': {
    summary: 'as manual-ack; the disk is synced before anything is answered or handed out',
    level: 'at-least-once',
    promises: [],
    claimedUnder: oneNodeSynced,
    waived: [],
    deviations: [],
    consumption: 'settle-after-processing',
    source: document,
    options: { ...base, fsync: { kind: 'every-batch' } },
  },
  /**
   * The model is RabbitMQ's quorum queue: replicated, on the disks of a majority before it is confirmed. The
   * harness repeats what was not confirmed, and so may store it twice.
   */
  quorum: {
    summary: 'replicated: confirmed when all in-sync replicas, a majority, have synced it to disk',
    level: 'at-least-once',
    promises: [],
    claimedUnder: [...oneNodeSynced, 'node-loss'],
    waived: [],
    deviations: [],
    consumption: 'settle-after-processing',
    source: `https://www.rabbitmq.com/docs/quorum-queues#data-safety; ${document}`,
    options: { ...base, ...replicated, fsync: { kind: 'every-batch' } },
  },
  /**
   * The queue survives a restart and its messages do not, though they were confirmed. Acknowledged before
   * processing, because a redelivery after processing would be the opposite promise.
   */
  transient: {
    summary: 'confirmed, but kept in memory only: gone when the broker restarts',
    level: 'at-most-once',
    promises: [],
    claimedUnder: oneNode,
    waived: [],
    deviations: [],
    consumption: 'settle-before-processing',
    source: document,
    options: { ...base, persistent: false },
  },
} as const satisfies Readonly<Record<string, Profile<BrokerOptions>>>;
