import type { Scenario } from './scenario.ts';

/** Messages pile up while nobody reads, and are worked off afterwards: how fast, and whether all are still there. */
export const backlog = {
  id: 'backlog',
  summary: 'producers run while nobody consumes; then consumers come and work the backlog off',
  kind: 'timed',
  needs: [],
  topology: { scopes: 4, subscriptions: 1 },
  workload: {
    producers: 1,
    consumers: 2,
    consumersJoin: 'after-load',
    transformers: 0,
    payloadBytes: 256,
    keys: 64,
    load: {
      kind: 'open',
      ratePerSecond: 10_000,
      messages: 30_000,
      warmupMessages: 3_000,
      late: 'catch-up',
    },
    lingerMs: 5,
    batchMessages: 500,
    prefetch: 1_000,
    workMs: 0,
    drainTimeoutMs: 60_000,
  },
  faults: [],
  under: 'none',
  exposes: ['D1', 'D4', 'D5', 'D7', 'D9', 'O2'],
  guards: {
    minimumAcknowledged: 10_000,
    minimumDelivered: 10_000,
    minimumInFlightAtFault: 0,
    minimumExposure: {},
  },
  controls: [
    // Where no send is answered, what is swallowed is an unsettled loss.
    { kind: 'planted', plant: 'swallow-delivery', shows: ['D1', 'D12'] },
    { kind: 'planted', plant: 'swap-in-lane', shows: ['O2'] },
  ],
} as const satisfies Scenario;
