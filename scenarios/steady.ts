import type { Scenario } from './scenario.ts';

/** No fault: what the promise costs, and that the engine keeps it when nothing goes wrong. */
export const steady = {
  id: 'steady',
  summary: 'an undisturbed run at a constant rate: the price of the promise',
  kind: 'timed',
  needs: [],
  topology: { scopes: 4, subscriptions: 1 },
  workload: {
    producers: 1,
    consumers: 1,
    transformers: 0,
    payloadBytes: 256,
    keys: 64,
    load: {
      kind: 'open',
      ratePerSecond: 10_000,
      messages: 100_000,
      warmupMessages: 10_000,
      late: 'catch-up',
    },
    lingerMs: 5,
    batchMessages: 500,
    prefetch: 1_000,
    workMs: 0,
    drainTimeoutMs: 30_000,
  },
  faults: [],
  under: 'none',
  exposes: ['D1', 'D4', 'D5', 'D6', 'D7', 'D9', 'O2'],
  guards: {
    minimumAcknowledged: 10_000,
    minimumDelivered: 10_000,
    minimumInFlightAtFault: 0,
    minimumExposure: {},
  },
  controls: [
    // Where no send is answered, what is swallowed is an unsettled loss.
    { kind: 'planted', plant: 'swallow-delivery', shows: ['D1', 'D12'] },
    { kind: 'planted', plant: 'repeat-after-ack', shows: ['D6'] },
    { kind: 'planted', plant: 'swap-in-lane', shows: ['O2'] },
  ],
} as const satisfies Scenario;
