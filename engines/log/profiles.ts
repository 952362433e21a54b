import { oneNode, oneNodeSynced } from '../embedded/one-node.ts';
import type { Profile } from '../engine.ts';
import type { LogOptions } from './options.ts';

const document = 'docs/embedded-engines.md (embedded log, protocol 1)';

const base: LogOptions = {
  acks: 'all',
  idempotent: false,
  maxInFlight: 1,
  isolation: 'read-committed',
  transactionTimeoutMs: 10_000,
  replicas: 1,
  minInSync: 1,
  deliveryTimeoutMs: 30_000,
  fsync: { kind: 'never' },
  requestTimeoutMs: 5_000,
  fetchWaitMs: 500,
  fetchBytes: 1_048_576,
  bufferBytes: 33_554_432,
  rebalance: 'eager',
  staticMembers: false,
  sessionTimeoutMs: 10_000,
  pollIntervalMs: 300_000,
};

const replicated = { replicas: 3, minInSync: 2 } as const;

export const profiles = {
  'acks-0': {
    summary: 'fire and forget: no answer, no retry; what meets no connection is dropped',
    level: 'at-most-once',
    promises: [],
    claimedUnder: oneNode,
    waived: [],
    deviations: [],
    consumption: 'settle-before-processing',
    source: document,
    options: { ...base, acks: 'none' },
  },
  'acks-1': {
    summary: 'answered when the leader has stored the batch; the client sends again',
    level: 'at-least-once',
    promises: [],
    claimedUnder: oneNode,
    waived: [],
    deviations: [],
    consumption: 'settle-after-processing',
    source: document,
    options: { ...base, acks: 'leader' },
  },
  'acks-all': {
    summary: 'answered when all in-sync replicas have stored the batch; the client sends again',
    level: 'at-least-once',
    promises: [],
    claimedUnder: oneNode,
    waived: [],
    deviations: [],
    consumption: 'settle-after-processing',
    source: document,
    options: { ...base, ...replicated },
  },
  /** Five batches in flight: the sequences keep the order that a retry would otherwise lose. */
  idempotent: {
    summary: 'acks-all, and the broker recognises what the client sends again',
    level: 'at-least-once',
    promises: ['idempotent-produce', 'per-key-order'],
    claimedUnder: oneNode,
    waived: [],
    deviations: [],
    consumption: 'settle-after-processing',
    source: document,
    options: { ...base, ...replicated, idempotent: true, maxInFlight: 5 },
  },
  /** Weaker than it sounds: what was answered since the last sync goes with the power. */
  'fsync-interval': {
    summary: 'acks-all; the disk is synced every 100 ms, after the answer',
    level: 'at-least-once',
    promises: [],
    claimedUnder: oneNode,
    waived: [],
    deviations: [],
    consumption: 'settle-after-processing',
    source: document,
    options: { ...base, ...replicated, fsync: { kind: 'interval', everyMs: 100 } },
  },
  'fsync-every-batch': {
    summary: 'acks-all; a batch is synced before it is answered',
    level: 'at-least-once',
    promises: [],
    claimedUnder: oneNodeSynced,
    waived: [],
    deviations: [],
    consumption: 'settle-after-processing',
    source: document,
    options: { ...base, ...replicated, fsync: { kind: 'every-batch' } },
  },
} as const satisfies Readonly<Record<string, Profile<LogOptions>>>;
