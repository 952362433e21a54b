import { faultedGuards, faultedWorkload } from './faulted-workload.ts';
import type { Scenario } from './scenario.ts';

/**
 * Consumers join, die and come back, and leave while the others work. The evidence says how much those had
 * to give up that had nothing to do with it: everything, what changed hands, or nothing.
 */
export const rebalance = {
  id: 'rebalance',
  summary: 'a consumer joins, one dies and comes back, one leaves: what it costs the others',
  kind: 'conformance',
  needs: [
    { kind: 'capability', capability: 'groups' },
    { kind: 'capability', capability: 'rebalance-events' },
  ],
  topology: { scopes: 6, subscriptions: 1 },
  // Slow enough that a new thread has come, and the group has settled, before the next of them.
  workload: {
    ...faultedWorkload,
    consumers: 3,
    load: { ...faultedWorkload.load, ratePerSecond: 1_200, messages: 12_000 },
    prefetch: 200,
  },
  faults: [
    { kind: 'join-consumer', at: 0.1 },
    { kind: 'crash-consumer', at: 0.4, downMs: 300 },
    { kind: 'leave-consumer', at: 0.8 },
  ],
  under: 'client-crash',
  exposes: ['D1', 'D5', 'D6', 'O9', 'G5', 'G6'],
  // Who has what is at stake, not what is in hand.
  guards: { ...faultedGuards, minimumInFlightAtFault: 0 },
  controls: [
    { kind: 'planted', plant: 'swallow-delivery', shows: ['D1'] },
    { kind: 'planted', plant: 'repeat-after-ack', shows: ['D6'] },
  ],
} as const satisfies Scenario;
