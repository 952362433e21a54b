import type { FaultDomain } from '../../harness/core/clauses.ts';
import { oneNode, oneNodeSynced } from '../embedded/one-node.ts';
import type { Profile } from '../engine.ts';
import { base } from './base-options.ts';
import type { LogOptions } from './options.ts';

const document = 'docs/embedded-log.md (embedded log, protocol 1)';

const replicated = { replicas: 3, minInSync: 2 } as const;
/** Whose producer sends again whatever may be stored yet, in order, as Kafka's does. */
const idempotent = {
  idempotent: true,
  transactions: true,
  maxInFlight: 5,
  retryRefused: true,
} as const;

/** What most of them have in common. */
const usual = {
  waived: [],
  deviations: [],
  consumption: 'settle-after-processing',
  source: document,
} as const;

/** On several nodes: what the in-sync set stores, no leader takes with it. */
const bornByReplicas: readonly FaultDomain[] = [...oneNode, 'node-loss'];

/** What jobs that read, transform and write have in common where a transaction holds all that they do. */
const ofJobs = {
  level: 'exactly-once',
  claimedUnder: oneNode,
  waived: [],
  deviations: [],
  consumption: 'settle-after-processing',
  transform: 'in-transaction',
  source: document,
  options: { ...base, ...replicated, ...idempotent },
} as const;

const keyed = {
  ...ofJobs,
  promises: ['idempotent-produce', 'per-key-order', 'outside-effects'],
  outsideEffects: 'idempotency-key',
} as const;

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
    ...usual,
    options: { ...base, acks: 'leader' },
  },
  'acks-all': {
    summary: 'answered when all in-sync replicas have stored the batch; the client sends again',
    level: 'at-least-once',
    promises: [],
    claimedUnder: bornByReplicas,
    ...usual,
    options: { ...base, ...replicated },
  },
  /** Weaker than it sounds: when the others lag, the in-sync set is the leader alone. */
  'acks-all-min-1': {
    summary: 'acks-all, and one in-sync replica is enough: the leader, when the others lag',
    level: 'at-least-once',
    promises: [],
    claimedUnder: oneNode,
    ...usual,
    options: { ...base, replicas: 3 },
  },
  unclean: {
    summary: 'acks-all-min-1, and who lags may lead when nobody else is there',
    level: 'at-least-once',
    promises: [],
    claimedUnder: oneNode,
    ...usual,
    options: { ...base, replicas: 3, uncleanElection: true },
  },
  /** What goes again is stored again, and in another order. */
  pipelined: {
    summary: 'idempotent without its sequences: a retry duplicates and reorders',
    level: 'at-least-once',
    promises: [],
    claimedUnder: bornByReplicas,
    ...usual,
    options: { ...base, ...replicated, ...idempotent, idempotent: false, transactions: false },
  },
  /** Five batches in flight: the sequences keep the order that a retry would otherwise lose. */
  idempotent: {
    summary: 'acks-all, and the broker recognises what the client sends again',
    level: 'at-least-once',
    promises: ['idempotent-produce', 'per-key-order'],
    claimedUnder: bornByReplicas,
    ...usual,
    options: { ...base, ...replicated, ...idempotent },
  },
  /** What it costs to know replies by nothing but their turn. */
  uncorrelated: {
    summary: 'acks-all; requests and replies carry nothing by which they know each other',
    level: 'at-least-once',
    promises: [],
    claimedUnder: bornByReplicas,
    ...usual,
    replies: 'in-turn',
    options: { ...base, ...replicated },
  },
  /** What spreads a hot key, and what that costs. */
  'composite-key': {
    summary: 'idempotent; messages of one key go to all partitions in turn, in no order together',
    level: 'at-least-once',
    promises: ['idempotent-produce'],
    claimedUnder: bornByReplicas,
    ...usual,
    spread: 'composite-key',
    options: { ...base, ...replicated, ...idempotent },
  },
  transactional: {
    ...ofJobs,
    summary: 'idempotent; outputs and the offsets of their inputs are committed as one',
    promises: ['idempotent-produce', 'per-key-order'],
  },
  /** Whoever is told of an effect twice knows it again; no transaction does that. */
  'keyed-effects': {
    ...keyed,
    summary: 'transactional, and effects outside carry an idempotency key',
  },
  /** Who stores what was done apart from doing it has not stored it when it dies in between. */
  'late-keys': {
    ...ofJobs,
    summary: 'transactional; keys of effects outside are stored apart, after the offsets',
    promises: ['idempotent-produce', 'per-key-order'],
    outsideEffects: 'key-after-commit',
  },
  /** Readers beside the jobs give away what they have promised nobody to keep. */
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
  'offsets-apart': {
    summary: 'transactional, but offsets are committed after the transaction, not in it',
    level: 'at-least-once',
    promises: ['idempotent-produce', 'per-key-order'],
    claimedUnder: oneNode,
    ...usual,
    transform: 'offsets-apart',
    options: { ...base, ...replicated, ...idempotent },
  },
  unsequenced: {
    summary: 'transactional, but what is sent again is stored again',
    level: 'at-least-once',
    promises: [],
    claimedUnder: oneNode,
    ...usual,
    transform: 'in-transaction',
    options: { ...base, ...replicated, transactions: true },
  },
  'read-uncommitted': {
    summary: 'transactional, but consumers read what is not committed, too',
    level: 'at-least-once',
    promises: ['idempotent-produce', 'per-key-order'],
    claimedUnder: oneNode,
    ...usual,
    transform: 'in-transaction',
    options: { ...base, ...replicated, ...idempotent, isolation: 'read-uncommitted' },
  },
  cooperative: {
    summary: 'idempotent; a rebalance takes from consumers only what changes hands',
    level: 'at-least-once',
    promises: ['idempotent-produce', 'per-key-order'],
    claimedUnder: oneNode,
    ...usual,
    options: { ...base, ...replicated, ...idempotent, rebalance: 'cooperative' },
  },
  /** Within the session timeout nobody takes over from a consumer that is gone: it is waited for. */
  'static-members': {
    summary: 'cooperative; a consumer that comes back within 6 s gets back what it had',
    level: 'at-least-once',
    promises: ['idempotent-produce', 'per-key-order'],
    claimedUnder: oneNode,
    ...usual,
    options: {
      ...base,
      ...replicated,
      ...idempotent,
      rebalance: 'cooperative',
      staticMembers: true,
      sessionTimeoutMs: 6_000,
    },
  },
  /** The log forgets, whoever has not read it yet: a consumer must keep up. */
  'short-retention': {
    summary: 'acks-all; a partition keeps its newest 256 KiB, read or not',
    level: 'at-least-once',
    promises: [],
    claimedUnder: oneNode,
    ...usual,
    waived: ['D1', 'D10'].map((clause) => ({
      clause,
      because: `${document}: retention removes what was acknowledged and is not read in time`,
    })),
    options: {
      ...base,
      ...replicated,
      segmentBytes: 65_536,
      cleanup: { kind: 'delete', bytes: 262_144 },
    },
  },
  /** Whoever reads it late finds the newest message of each key, and little else. */
  compacted: {
    summary: 'acks-all; of what a key has in closed segments of 64 KiB the newest message stays',
    level: 'at-least-once',
    promises: [],
    claimedUnder: oneNode,
    ...usual,
    waived: ['D1', 'D10'].map((clause) => ({
      clause,
      because: `${document}: compaction removes what a newer message of its key has replaced, read or not`,
    })),
    options: {
      ...base,
      ...replicated,
      segmentBytes: 65_536,
      cleanup: { kind: 'compact', tombstoneMs: 60_000 },
    },
  },
  /** What is old is as good as what is new, only somewhere else: the same promises, and one more disk that keeps them. */
  tiered: {
    summary: 'answered when the one node has stored it; older segments go to a second directory',
    level: 'at-least-once',
    promises: [],
    claimedUnder: oneNode,
    ...usual,
    options: {
      ...base,
      tier: {
        kind: 'beside',
        localBytes: 2_097_152,
        journalSegmentBytes: 1_048_576,
        cacheBytes: 262_144,
      },
    },
  },
  /** Weaker than it sounds: what was answered since the last sync goes with the power. */
  'fsync-interval': {
    summary: 'acks-all; the disk is synced every 100 ms, after the answer',
    level: 'at-least-once',
    promises: [],
    claimedUnder: oneNode,
    ...usual,
    options: { ...base, ...replicated, fsync: { kind: 'interval', everyMs: 100 } },
  },
  'fsync-every-batch': {
    summary: 'acks-all; a batch is synced before it is answered',
    level: 'at-least-once',
    promises: [],
    claimedUnder: [...oneNodeSynced, 'node-loss'],
    ...usual,
    options: { ...base, ...replicated, fsync: { kind: 'every-batch' } },
  },
} as const satisfies Readonly<Record<string, Profile<LogOptions>>>;
