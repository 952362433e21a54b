import { faultedWorkload } from './faulted-workload.ts';
import type { Scenario } from './scenario.ts';

/**
 * The followers of a leader stand still for so long that they are out of sync. Where an acknowledgement needs
 * more than the leader there is none, and what is refused must not be there; then all goes on.
 */
export const belowMinInSync = {
  id: 'below-min-in-sync',
  summary: 'both followers of three replicas stand still until they are out of sync, and come back',
  kind: 'conformance',
  needs: [{ kind: 'replicas', nodes: 3 }, { kind: 'send-reply' }],
  topology: { scopes: 4, subscriptions: 1 },
  // Enough for the load to go on when the followers are back, also where the fault comes late.
  workload: {
    ...faultedWorkload,
    load: { ...faultedWorkload.load, ratePerSecond: 2_000, messages: 16_000 },
  },
  faults: [{ kind: 'stall-followers', at: 0.15, aloneMs: 1_500 }],
  under: 'node-loss',
  exposes: ['D1', 'D4', 'D7', 'D8', 'D9'],
  // What is refused is neither acknowledged nor delivered; and who refuses at once has nothing in flight.
  guards: {
    minimumAcknowledged: 3_000,
    minimumDelivered: 3_000,
    minimumInFlightAtFault: 0,
    minimumExposure: {},
  },
  controls: [
    { kind: 'weaker-level', level: 'at-least-once', consumption: undefined, shows: ['D4'] },
  ],
} as const satisfies Scenario;
