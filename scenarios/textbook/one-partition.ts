import type { Scenario, Workload } from '../scenario.ts';

/** As fast as answers come, through one partition or queue, of messages of one size. */
const workload = {
  producers: 1,
  consumers: 1,
  transformers: 0,
  payloadBytes: 1_024,
  keys: 16,
  load: { kind: 'closed', window: 2_000, messages: 20_000, warmupMessages: 4_000 },
  lingerMs: 1,
  batchMessages: 500,
  prefetch: 2_000,
  workMs: 0,
  drainTimeoutMs: 60_000,
} as const satisfies Workload;

const common = {
  kind: 'timed',
  needs: [{ kind: 'send-reply' }],
  topology: { scopes: 1, subscriptions: 1 },
  faults: [],
  under: 'none',
  exposes: ['D1', 'D7', 'D9'],
  guards: {
    minimumAcknowledged: 300,
    minimumDelivered: 300,
    minimumInFlightAtFault: 0,
    minimumExposure: {},
  },
  controls: [{ kind: 'planted', plant: 'swallow-delivery', shows: ['D1', 'D12'] }],
} as const satisfies Omit<Scenario, 'id' | 'summary' | 'workload'>;

export const onePartition = {
  ...common,
  id: 'one-partition',
  summary: 'through one partition as fast as answers come, 2,000 messages of 1 KiB in flight',
  workload,
} as const satisfies Scenario;

/** The next one leaves when the one before is answered: what is left without batches. */
export const oneByOne = {
  ...common,
  id: 'one-by-one',
  summary:
    'through one partition one message of 1 KiB after another, each when the last is answered',
  workload: {
    ...workload,
    load: { kind: 'closed', window: 1, messages: 500, warmupMessages: 50 },
    batchMessages: 1,
  },
} as const satisfies Scenario;
