import { clusterGuards, clusterWorkload } from './cluster-workload.ts';
import type { Scenario } from './scenario.ts';

/** What an upgrade does to a cluster, without the upgrade: at most one node is down at any time. */
export const rollingRestart = {
  id: 'rolling-restart',
  summary: 'each of three replicas is stopped in good order and started again, one after another',
  kind: 'conformance',
  needs: [{ kind: 'replicas', nodes: 3 }],
  topology: { scopes: 4, subscriptions: 1 },
  // Long enough for sends to meet every restart, also of nodes that take seconds for one.
  workload: {
    ...clusterWorkload,
    load: { ...clusterWorkload.load, ratePerSecond: 1_500, messages: 30_000 },
    prefetch: 30,
  },
  faults: [{ kind: 'restart-each', at: 0.1, betweenMs: 1_500 }],
  under: 'node-loss',
  exposes: ['D1', 'D4', 'D7', 'D9'],
  guards: { ...clusterGuards, minimumInFlightAtFault: 0 },
  controls: [{ kind: 'unclaimed', shows: ['D1', 'D10', 'D12'] }],
} as const satisfies Scenario;
