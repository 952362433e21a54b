import type { Scenario, Workload } from '../scenario.ts';

/**
 * A backlog of messages each of which takes eight milliseconds of waiting: nothing but consumers makes it shorter, and
 * a timer that comes late on a busy machine is late by little of it.
 * Few permits, so that what one has in its hands nobody else waits for.
 */
export const slowWork = {
  producers: 1,
  consumers: 1,
  consumersJoin: 'after-load',
  transformers: 0,
  payloadBytes: 256,
  keys: 64,
  load: {
    kind: 'open',
    ratePerSecond: 2_000,
    messages: 320,
    warmupMessages: 0,
    late: 'catch-up',
  },
  lingerMs: 5,
  batchMessages: 500,
  prefetch: 4,
  workMs: 0,
  work: { by: 'waiting', time: { kind: 'constant', ms: 8 } },
  drainTimeoutMs: 60_000,
} as const satisfies Workload;

/** What all drains of such a backlog have in common; they differ in who comes, and in how it is parted. */
export const slowDrain = {
  kind: 'timed',
  needs: [],
  topology: { scopes: 2, subscriptions: 1 },
  workload: slowWork,
  faults: [],
  under: 'none',
  exposes: ['D1', 'D7', 'D9'],
  guards: {
    minimumAcknowledged: 160,
    minimumDelivered: 160,
    minimumInFlightAtFault: 0,
    minimumExposure: {},
  },
  controls: [
    // Where no send is answered, what is swallowed is an unsettled loss.
    { kind: 'planted', plant: 'swallow-delivery', shows: ['D1', 'D12'] },
  ],
} as const satisfies Omit<Scenario, 'id' | 'summary'>;
