import type { Scenario } from '../scenario.ts';

/**
 * Three seconds of messages that replace each other, a hundred to each key, and somebody who reads all of it when the
 * consumers have: what compaction has left.
 */
export const readNewest = {
  id: 'read-newest',
  summary:
    'messages replace those of their key; when all was read somebody reads from the beginning',
  kind: 'conformance',
  needs: [
    { kind: 'capability', capability: 'replay' },
    { kind: 'capability', capability: 'keys' },
  ],
  topology: { scopes: 2, subscriptions: 1 },
  workload: {
    producers: 1,
    consumers: 2,
    transformers: 0,
    payloadBytes: 256,
    keys: 64,
    keyed: true,
    load: {
      kind: 'open',
      ratePerSecond: 2_000,
      messages: 6_400,
      warmupMessages: 0,
      late: 'catch-up',
    },
    lingerMs: 5,
    batchMessages: 500,
    prefetch: 500,
    workMs: 0,
    drainTimeoutMs: 30_000,
  },
  faults: [{ kind: 'read-again', at: 1 }],
  under: 'none',
  exposes: ['D7', 'D9'],
  guards: {
    minimumAcknowledged: 3_000,
    minimumDelivered: 64,
    minimumInFlightAtFault: 0,
    minimumExposure: {},
  },
  controls: [{ kind: 'planted', plant: 'swallow-delivery', shows: ['D1', 'D12'] }],
} as const satisfies Scenario;
