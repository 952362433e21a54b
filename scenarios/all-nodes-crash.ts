import { clusterGuards, clusterWorkload } from './cluster-workload.ts';
import type { Scenario } from './scenario.ts';

/** Nobody is left who could take over: what was acknowledged must be on the disks that all come back with. */
export const allNodesCrash = {
  id: 'all-nodes-crash',
  summary: 'kill -9 of all three replicas at once, restart of all on the same data',
  kind: 'conformance',
  needs: [{ kind: 'replicas', nodes: 3 }],
  topology: { scopes: 4, subscriptions: 1 },
  workload: clusterWorkload,
  faults: [{ kind: 'kill-all', at: 0.7, downMs: 500 }],
  under: 'node-loss',
  exposes: ['D1', 'D4', 'D7', 'D9'],
  // How much is unanswered depends on how fast answers are; whoever answers none has nothing in flight.
  guards: { ...clusterGuards, minimumInFlightAtFault: 10 },
  controls: [{ kind: 'unclaimed', shows: ['D1', 'D10', 'D12'] }],
} as const satisfies Scenario;
