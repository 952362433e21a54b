import type { LogOptions } from './options.ts';

/** What a profile has where it says nothing else: one node, and a client that waits for its answer. */
export const base: LogOptions = {
  acks: 'all',
  idempotent: false,
  transactions: false,
  maxInFlight: 1,
  isolation: 'read-committed',
  transactionTimeoutMs: 10_000,
  replicas: 1,
  minInSync: 1,
  uncleanElection: false,
  retryRefused: false,
  deliveryTimeoutMs: 30_000,
  fsync: { kind: 'never' },
  tier: { kind: 'none' },
  requestTimeoutMs: 5_000,
  fetchWaitMs: 500,
  fetchBytes: 1_048_576,
  bufferBytes: 33_554_432,
  rebalance: 'eager',
  staticMembers: false,
  sessionTimeoutMs: 10_000,
  pollIntervalMs: 300_000,
  segmentBytes: 67_108_864,
  cleanup: { kind: 'keep' },
  reset: 'earliest',
};
