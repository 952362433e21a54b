import type { Scenario, Workload } from '../scenario.ts';

/** As many as a partition that keeps its newest 256 KiB cannot keep. */
const messages = 6_000;

const workload = {
  producers: 1,
  consumers: 2,
  transformers: 0,
  payloadBytes: 256,
  keys: 64,
  load: {
    kind: 'open',
    ratePerSecond: 6_000,
    messages,
    warmupMessages: 0,
    late: 'catch-up',
  },
  lingerMs: 5,
  batchMessages: 500,
  prefetch: 500,
  workMs: 0,
  drainTimeoutMs: 30_000,
} as const satisfies Workload;

const common = {
  kind: 'conformance',
  needs: [],
  topology: { scopes: 4, subscriptions: 1 },
  faults: [{ kind: 'read-again', at: 1 }],
  under: 'none',
  exposes: ['D1', 'D7', 'D9'],
  guards: {
    minimumAcknowledged: messages / 2,
    minimumDelivered: messages / 2,
    minimumInFlightAtFault: 0,
    minimumExposure: {},
  },
  controls: [{ kind: 'planted', plant: 'swallow-delivery', shows: ['D1', 'D12'] }],
} as const satisfies Omit<Scenario, 'id' | 'summary' | 'workload'>;

/** What is left for somebody who comes when everything was read and settled. */
export const readAfter = {
  ...common,
  id: 'read-after',
  summary: 'when all was read and settled somebody comes and reads from the beginning',
  workload,
} as const satisfies Scenario;

/** The same reader of what nobody has settled: it has to find everything, or it proves nothing elsewhere. */
export const readBefore = {
  ...common,
  id: 'read-before',
  summary: 'before anybody has read somebody comes, reads from the beginning and settles nothing',
  workload: { ...workload, consumersJoin: 'after-load' },
} as const satisfies Scenario;
