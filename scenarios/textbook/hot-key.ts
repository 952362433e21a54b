import type { Scenario } from '../scenario.ts';

/**
 * One key of 64 has four fifths of the traffic. Two consumers take as much in all as is sent, but none of them as
 * much as that one key has.
 */
export const hotKey = {
  id: 'hot-key',
  summary: 'one key has 80 % of the traffic: more than the consumer of one partition can take',
  kind: 'conformance',
  needs: [{ kind: 'capability', capability: 'partitions' }],
  topology: { scopes: 4, subscriptions: 1 },
  workload: {
    producers: 1,
    consumers: 2,
    transformers: 0,
    payloadBytes: 256,
    keys: 64,
    keyChoice: { kind: 'hot', keys: 1, share: 0.8 },
    load: {
      kind: 'open',
      ratePerSecond: 1_000,
      messages: 2_000,
      warmupMessages: 0,
      late: 'catch-up',
    },
    lingerMs: 5,
    batchMessages: 500,
    prefetch: 20,
    workMs: 0,
    work: { by: 'waiting', time: { kind: 'constant', ms: 2.5 } },
    drainTimeoutMs: 30_000,
  },
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
} as const satisfies Scenario;
