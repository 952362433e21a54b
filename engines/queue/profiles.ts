import { defaultMaxInFlight } from '../embedded/protocol/queue-attributes.ts';
import { oneNode, oneNodeSynced } from '../embedded/one-node.ts';
import type { Profile } from '../engine.ts';
import type { QueueOptions } from './options.ts';

const document = 'docs/embedded-queue.md (embedded queue, protocol 1)';

const base: QueueOptions = {
  receive: 'lease',
  leaseMs: 2_000,
  receiveWaitMs: 500,
  order: 'arrival',
  deduplication: { by: 'nothing' },
  delayMs: 0,
  disorder: { kind: 'none' },
  deadLetters: 'none',
  retentionMs: 0,
  quota: { kind: 'none' },
  maxInFlight: defaultMaxInFlight,
  receiveBytes: 1_048_576,
  fsync: { kind: 'never' },
  requestTimeoutMs: 5_000,
  bufferBytes: 33_554_432,
};

/** Five minutes as in SQS; there the window cannot be changed. */
const fifo = {
  order: 'message-groups',
  deduplication: { by: 'id', windowMs: 300_000 },
} as const;

export const profiles = {
  /** Sends are repeated by nobody: at most once begins with the sender. */
  'delete-on-receive': {
    summary: 'the queue forgets a message when it hands it out; nothing is settled',
    level: 'at-most-once',
    promises: [],
    claimedUnder: oneNode,
    waived: [],
    deviations: [],
    consumption: 'automatic',
    source: document,
    options: { ...base, receive: 'delete' },
  },
  lease: {
    summary: 'received messages are hidden for a lease and deleted after processing',
    level: 'at-least-once',
    promises: [],
    claimedUnder: oneNode,
    waived: [],
    deviations: [],
    consumption: 'settle-after-processing',
    source: document,
    options: base,
  },
  'lease-fsync-every-batch': {
    summary: 'as lease; the disk is synced before anything is answered',
    level: 'at-least-once',
    promises: [],
    claimedUnder: oneNodeSynced,
    waived: [],
    deviations: [],
    consumption: 'settle-after-processing',
    source: document,
    options: { ...base, fsync: { kind: 'every-batch' } },
  },
  /** What a message that nobody can process is worth: it leaves the others alone, and is not lost. */
  'dead-letters': {
    summary: 'as lease; what was received too often without a deletion goes to a queue beside',
    level: 'at-least-once',
    promises: ['dead-letter'],
    claimedUnder: oneNode,
    waived: [],
    deviations: [],
    consumption: 'settle-after-processing',
    source: document,
    options: { ...base, deadLetters: 'queue' },
  },
  /** The queue does what the documentation of SQS allows it, and what nobody can make SQS itself do. */
  standard: {
    summary:
      'as lease; one message of fifty lets others pass, one deletion of a hundred is forgotten',
    level: 'at-least-once',
    promises: [],
    claimedUnder: oneNode,
    waived: [],
    deviations: [],
    consumption: 'settle-after-processing',
    source: document,
    options: {
      ...base,
      disorder: {
        kind: 'seeded',
        seed: 1,
        latePermille: 20,
        passedByMost: 1_000,
        undeletedPermille: 10,
      },
    },
  },
  fifo: {
    summary: 'message groups in order, and a copy of a send is recognised for five minutes',
    level: 'at-least-once',
    promises: ['idempotent-produce', 'fifo-groups'],
    claimedUnder: oneNode,
    waived: [],
    deviations: [],
    consumption: 'settle-after-processing',
    source: document,
    options: { ...base, ...fifo },
  },
  /** A refused call is a definite fail: the message is not stored, and its sender knows. */
  'fifo-quota': {
    summary: 'as fifo with the quota of SQS: 300 calls a second of each kind, ten messages each',
    level: 'at-least-once',
    promises: ['idempotent-produce', 'fifo-groups'],
    claimedUnder: oneNode,
    waived: [],
    deviations: [],
    consumption: 'settle-after-processing',
    source: document,
    options: {
      ...base,
      ...fifo,
      quota: { kind: 'calls', callsPerSecond: 300, messagesPerCall: 10 },
    },
  },
  /** What the deduplication is worth: a send whose answer was lost is stored again. */
  'fifo-dedup-off': {
    summary: 'as fifo without deduplication: what is sent again is stored again',
    level: 'at-least-once',
    promises: ['fifo-groups'],
    claimedUnder: oneNode,
    waived: [],
    deviations: [],
    consumption: 'settle-after-processing',
    source: document,
    options: { ...base, ...fifo, deduplication: { by: 'nothing' } },
  },
} as const satisfies Readonly<Record<string, Profile<QueueOptions>>>;
