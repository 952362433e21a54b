import { clusterGuards, clusterWorkload } from './cluster-workload.ts';
import type { Scenario } from './scenario.ts';

/**
 * A leader that stood still for longer than an election takes does not know that it leads no more. Whoever needs
 * only its own word for an acknowledgement is told of messages that nobody else will ever have.
 */
export const leaderPause = {
  id: 'leader-pause',
  summary:
    'SIGSTOP of the leader of three replicas until another one has led for a while, then SIGCONT',
  kind: 'conformance',
  needs: [{ kind: 'replicas', nodes: 3 }],
  topology: { scopes: 4, subscriptions: 1 },
  workload: clusterWorkload,
  faults: [{ kind: 'pause-leader', at: 0.3, ledMs: 700 }],
  under: 'node-loss',
  exposes: ['D1', 'D4', 'D7', 'D9'],
  guards: clusterGuards,
  controls: [{ kind: 'unclaimed', shows: ['D1'] }],
} as const satisfies Scenario;
