import { faultedWorkload } from './faulted-workload.ts';
import type { Scenario } from './scenario.ts';

/**
 * The leader dies when its followers are out of sync, and comes back with all that it had. Whoever waits for it
 * loses nothing; whoever lets a follower lead meanwhile loses what that one lacks.
 */
export const loneLeaderCrash = {
  id: 'lone-leader-crash',
  summary:
    'kill -9 of the leader of three replicas when its followers are out of sync; it comes back',
  kind: 'conformance',
  needs: [{ kind: 'replicas', nodes: 3 }],
  topology: { scopes: 4, subscriptions: 1 },
  // Consumers that fall behind: what was read before the leader dies, no election takes away.
  workload: {
    ...faultedWorkload,
    load: { ...faultedWorkload.load, ratePerSecond: 2_000, messages: 14_000 },
    prefetch: 50,
    workMs: 40,
  },
  faults: [{ kind: 'strike-lone-leader', at: 0.15, aloneMs: 700, downMs: 1_000, by: 'kill' }],
  under: 'node-loss',
  exposes: ['D1', 'D4', 'D7', 'D8', 'D9'],
  // Who is refused at once has nothing in flight.
  guards: {
    minimumAcknowledged: 3_000,
    minimumDelivered: 1_000,
    minimumInFlightAtFault: 0,
    minimumExposure: {},
  },
  controls: [{ kind: 'unclaimed', shows: ['D1'] }],
} as const satisfies Scenario;
