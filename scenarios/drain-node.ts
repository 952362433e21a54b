import { clusterGuards, clusterWorkload } from './cluster-workload.ts';
import type { Scenario } from './scenario.ts';

/** What an operator does before work on a machine; of each system the way that its documentation names. */
export const drainNode = {
  id: 'drain-node',
  summary: 'the leader of three replicas is taken out of service in good order, and comes back',
  kind: 'conformance',
  needs: [{ kind: 'replicas', nodes: 3 }, { kind: 'withdrawal' }],
  topology: { scopes: 4, subscriptions: 1 },
  // Long enough for sends to meet what comes after the leader, also of one that lets its clients go one by one.
  workload: {
    ...clusterWorkload,
    load: { ...clusterWorkload.load, ratePerSecond: 1_000, messages: 20_000 },
    prefetch: 30,
  },
  faults: [{ kind: 'drain-leader', at: 0.2, awayMs: 2_000 }],
  under: 'node-loss',
  exposes: ['D1', 'D4', 'D7', 'D9'],
  guards: { ...clusterGuards, minimumInFlightAtFault: 0 },
  controls: [{ kind: 'unclaimed', shows: ['D1', 'D10', 'D12'] }],
} as const satisfies Scenario;
