import type { Scenario, Workload } from '../scenario.ts';

const workload = {
  producers: 1,
  consumers: 2,
  transformers: 0,
  payloadBytes: 256,
  keys: 64,
  load: {
    kind: 'open',
    ratePerSecond: 5_000,
    messages: 2_000,
    warmupMessages: 0,
    late: 'catch-up',
  },
  lingerMs: 5,
  batchMessages: 500,
  prefetch: 50,
  workMs: 0,
  work: { by: 'waiting', time: { kind: 'constant', ms: 1 } },
  drainTimeoutMs: 30_000,
} as const satisfies Workload;

const common = {
  kind: 'conformance',
  needs: [],
  topology: { scopes: 4, subscriptions: 1 },
  faults: [],
  under: 'none',
  exposes: ['D1'],
  guards: {
    minimumAcknowledged: 1_000,
    minimumDelivered: 1_000,
    minimumInFlightAtFault: 0,
    minimumExposure: {},
  },
  controls: [{ kind: 'planted', plant: 'swallow-delivery', shows: ['D1', 'D12'] }],
} as const satisfies Omit<Scenario, 'id' | 'summary' | 'workload'>;

/** Consumers that are slower than what comes, each with a window. */
export const windowed = {
  ...common,
  id: 'windowed',
  summary: 'two slow consumers that let at most 50 messages be on their way to them',
  workload,
} as const satisfies Scenario;

/** The same consumers without one: whatever there is, is theirs. */
export const windowless = {
  ...common,
  id: 'windowless',
  summary: 'two slow consumers that take whatever there is',
  workload: { ...workload, prefetch: 100_000 },
} as const satisfies Scenario;
