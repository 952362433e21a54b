import { faultedWorkload } from './faulted-workload.ts';
import type { Scenario } from './scenario.ts';

/**
 * Consumers that fall behind: what the limits of a queue on age and length do to what was acknowledged. Dead
 * letters are read where there are any, so that what went there is no loss.
 */
export const overload = {
  id: 'overload',
  summary: 'consumers fall behind: what a limit on the age or the length of a queue takes away',
  kind: 'conformance',
  needs: [],
  topology: { scopes: 4, subscriptions: 1, deliveryLimit: 20 },
  workload: { ...faultedWorkload, prefetch: 50, workMs: 100 },
  faults: [],
  under: 'none',
  exposes: ['D1'],
  guards: {
    minimumAcknowledged: 1_000,
    minimumDelivered: 1_000,
    minimumInFlightAtFault: 0,
    minimumExposure: {},
  },
  controls: [{ kind: 'waived', shows: ['D1'] }],
} as const satisfies Scenario;
