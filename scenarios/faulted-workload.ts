import type { Workload } from './scenario.ts';

/**
 * The load under which the crash scenarios run: short enough to be run often, long enough that the fault
 * meets thousands of messages, with consumer work that keeps deliveries unsettled at any instant.
 */
export const faultedWorkload = {
  producers: 1,
  consumers: 2,
  transformers: 0,
  payloadBytes: 256,
  keys: 64,
  load: {
    kind: 'open',
    ratePerSecond: 10_000,
    messages: 10_000,
    warmupMessages: 0,
    late: 'catch-up',
  },
  lingerMs: 5,
  batchMessages: 500,
  prefetch: 1_000,
  workMs: 20,
  drainTimeoutMs: 30_000,
} as const satisfies Workload;

export const faultedGuards = {
  minimumAcknowledged: 5_000,
  minimumDelivered: 5_000,
  minimumInFlightAtFault: 10,
  minimumExposure: {},
} as const;
