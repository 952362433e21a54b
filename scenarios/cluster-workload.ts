import { faultedWorkload } from './faulted-workload.ts';
import type { Workload } from './scenario.ts';

/**
 * Slow enough for several nodes on one machine, and long enough for what is acknowledged before a fault late in
 * it to meet the guard, also where nothing is sent again. Consumers fall behind: what was read before a node
 * dies, its death cannot take away.
 */
export const clusterWorkload = {
  ...faultedWorkload,
  load: { ...faultedWorkload.load, ratePerSecond: 3_200, messages: 16_000 },
  prefetch: 55,
  workMs: 40,
  drainTimeoutMs: 60_000,
} as const satisfies Workload;

export const clusterGuards = {
  minimumAcknowledged: 10_000,
  minimumDelivered: 1_000,
  minimumInFlightAtFault: 100,
  minimumExposure: {},
} as const;
