import type { Scenario, Workload } from '../scenario.ts';

/**
 * A consumer of all partitions that is behind: what stands in one of them is not read when another has more of its key.
 */
const workload = {
  producers: 1,
  consumers: 1,
  transformers: 0,
  payloadBytes: 256,
  keys: 64,
  partitioner: { first: 6, until: 0.5 },
  load: {
    kind: 'open',
    ratePerSecond: 2_000,
    messages: 2_560,
    warmupMessages: 0,
    late: 'catch-up',
  },
  lingerMs: 5,
  batchMessages: 500,
  prefetch: 20,
  workMs: 0,
  work: { by: 'waiting', time: { kind: 'constant', ms: 1 } },
  drainTimeoutMs: 30_000,
} as const satisfies Workload;

const common = {
  kind: 'conformance',
  needs: [{ kind: 'capability', capability: 'partitions' }],
  topology: { scopes: 6, subscriptions: 1 },
  faults: [],
  under: 'none',
  exposes: ['D1', 'O2'],
  guards: {
    minimumAcknowledged: 1_000,
    minimumDelivered: 1_000,
    minimumInFlightAtFault: 0,
    minimumExposure: { O2: 1_000 },
  },
  controls: [{ kind: 'planted', plant: 'swap-in-lane', shows: ['O2'] }],
} as const satisfies Omit<Scenario, 'id' | 'summary' | 'workload'>;

/** What the other one is held against. */
export const samePartitions = {
  ...common,
  id: 'same-partitions',
  summary: 'producers choose partitions by murmur2(key) % 6, from the beginning to the end',
  workload,
} as const satisfies Scenario;

/** As where partitions were added while messages of a key still wait in the old one. */
export const morePartitions = {
  ...common,
  id: 'more-partitions',
  summary: 'producers choose partitions by murmur2(key) % 4, and from the middle of the load % 6',
  workload: { ...workload, partitioner: { first: 4, until: 0.5 } },
} as const satisfies Scenario;
