import { clusterGuards, clusterWorkload } from './cluster-workload.ts';
import type { Scenario } from './scenario.ts';

/**
 * The leader of three replicas dies for good, as far as its followers can tell, after they stood still for a
 * moment: what it had acknowledged on its own word is gone when one of them leads.
 */
export const leaderCrash = {
  id: 'leader-crash',
  summary:
    'kill -9 of the leader of three replicas while its followers lag, and one of them takes over',
  kind: 'conformance',
  needs: [{ kind: 'replicas', nodes: 3 }],
  topology: { scopes: 4, subscriptions: 1 },
  workload: clusterWorkload,
  faults: [{ kind: 'kill-leader', at: 0.7, pauseFollowersMs: 150, downMs: 500 }],
  under: 'node-loss',
  exposes: ['D1', 'D4', 'D7', 'D9'],
  guards: clusterGuards,
  controls: [{ kind: 'unclaimed', shows: ['D1'] }],
} as const satisfies Scenario;
