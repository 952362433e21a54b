import type { Scenario } from '../scenario.ts';

/**
 * Twice as much comes as is read, for long enough that more is unread than a short retention keeps. What is unread
 * grows for a second or two before, so that alerts have something to go by.
 */
export const overrun = {
  id: 'overrun',
  summary: 'consumers take half of what comes: what retention does to the unread',
  kind: 'conformance',
  needs: [{ kind: 'capability', capability: 'replay' }],
  topology: { scopes: 4, subscriptions: 1 },
  workload: {
    producers: 1,
    consumers: 2,
    transformers: 0,
    payloadBytes: 1_024,
    keys: 64,
    load: {
      kind: 'open',
      ratePerSecond: 1_000,
      messages: 3_500,
      warmupMessages: 0,
      late: 'catch-up',
    },
    lingerMs: 5,
    batchMessages: 500,
    prefetch: 20,
    workMs: 0,
    work: { by: 'waiting', time: { kind: 'constant', ms: 4 } },
    drainTimeoutMs: 30_000,
  },
  faults: [],
  under: 'none',
  exposes: ['D1'],
  guards: {
    minimumAcknowledged: 2_000,
    minimumDelivered: 1_000,
    minimumInFlightAtFault: 0,
    minimumExposure: {},
  },
  controls: [{ kind: 'waived', shows: ['D1'] }],
} as const satisfies Scenario;
