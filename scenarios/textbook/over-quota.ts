import type { Scenario, Workload } from '../scenario.ts';

const workload = {
  producers: 1,
  consumers: 1,
  transformers: 0,
  payloadBytes: 256,
  keys: 64,
  load: {
    kind: 'open',
    ratePerSecond: 1_500,
    messages: 18_000,
    warmupMessages: 500,
    late: 'catch-up',
  },
  lingerMs: 5,
  batchMessages: 500,
  prefetch: 1_000,
  workMs: 0,
  drainTimeoutMs: 30_000,
} as const satisfies Workload;

const common = {
  kind: 'timed',
  needs: [],
  topology: { scopes: 1, subscriptions: 1 },
  faults: [],
  under: 'none',
  exposes: ['D1', 'D4'],
  guards: {
    minimumAcknowledged: 10_000,
    minimumDelivered: 10_000,
    minimumInFlightAtFault: 0,
    minimumExposure: {},
  },
  controls: [{ kind: 'planted', plant: 'swallow-delivery', shows: ['D1', 'D12'] }],
} as const satisfies Omit<Scenario, 'id' | 'summary' | 'workload'>;

/** Half as much again as a shard of Kinesis takes, for some seconds after what its quota has saved at first is used up. */
export const overQuota = {
  ...common,
  id: 'over-quota',
  summary: '1,500 messages a second into one partition, for twelve seconds',
  workload,
} as const satisfies Scenario;

/** Half as much again as 300 calls of ten messages are. */
export const overCallQuota = {
  ...common,
  id: 'over-call-quota',
  summary: '4,500 messages a second, for four seconds',
  workload: { ...workload, load: { ...workload.load, ratePerSecond: 4_500 } },
} as const satisfies Scenario;
