import { oneNode, oneNodeSynced } from '../embedded/one-node.ts';
import type { Profile } from '../engine.ts';
import type { QueueOptions } from './options.ts';

const document = 'docs/embedded-engines.md (embedded queue, protocol 1)';

const base: QueueOptions = {
  receive: 'lease',
  leaseMs: 2_000,
  receiveWaitMs: 500,
  receiveBytes: 1_048_576,
  fsync: { kind: 'never' },
  requestTimeoutMs: 5_000,
  bufferBytes: 33_554_432,
};

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
} as const satisfies Readonly<Record<string, Profile<QueueOptions>>>;
