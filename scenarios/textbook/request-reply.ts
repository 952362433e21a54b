import type { Scenario, Workload } from '../scenario.ts';

/** Two who answer, of what is in four partitions: replies come in another order than requests were sent in. */
const workload = {
  producers: 1,
  consumers: 1,
  transformers: 2,
  exchange: 'request-reply',
  payloadBytes: 256,
  keys: 64,
  load: {
    kind: 'open',
    ratePerSecond: 3_000,
    messages: 2_000,
    warmupMessages: 0,
    late: 'catch-up',
  },
  lingerMs: 1,
  batchMessages: 100,
  prefetch: 100,
  workMs: 0,
  drainTimeoutMs: 30_000,
} as const satisfies Workload;

const common = {
  needs: [{ kind: 'send-reply' }, { kind: 'capability', capability: 'headers' }],
  topology: { scopes: 4, subscriptions: 2 },
  faults: [],
  under: 'none',
  exposes: ['D1', 'E1', 'E2'],
  guards: {
    minimumAcknowledged: 1_000,
    minimumDelivered: 1_000,
    minimumInFlightAtFault: 0,
    minimumExposure: {},
  },
  controls: [{ kind: 'planted', plant: 'swallow-delivery', shows: ['D1', 'E1'] }],
} as const satisfies Omit<Scenario, 'id' | 'summary' | 'kind' | 'workload'>;

/** Whether each request gets its reply, and no other one. */
export const requestReply = {
  ...common,
  id: 'request-reply',
  summary: 'two who answer requests, and one who asks and looks for the request of each reply',
  kind: 'conformance',
  workload,
} as const satisfies Scenario;

/** How long that takes at several rates; of each so many that the last hundredth says something. */
export const roundTrips = {
  ...common,
  id: 'round-trips',
  summary: 'requests and their replies at 800, 2,000 and 4,000 a second: how long until a reply',
  kind: 'timed',
  workload: {
    ...workload,
    load: {
      kind: 'open',
      ratePerSecond: 4_300 / 3.1,
      messages: 4_300,
      warmupMessages: 400,
      late: 'catch-up',
      arrivals: {
        kind: 'stages',
        stages: [
          { fromPerSecond: 800, toPerSecond: 800, durationMs: 2_125 },
          { fromPerSecond: 2_000, toPerSecond: 2_000, durationMs: 650 },
          { fromPerSecond: 4_000, toPerSecond: 4_000, durationMs: 325 },
        ],
      },
    },
  },
} as const satisfies Scenario;
