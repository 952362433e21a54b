import { clusterGuards, clusterWorkload } from './cluster-workload.ts';
import type { Scenario } from './scenario.ts';

/**
 * A leader that nobody of its peers reaches, and that clients still do, does not know that it leads no more. Whoever
 * needs only its own word for an acknowledgement is told of messages that nobody else will ever have.
 */
export const nodePartition = {
  id: 'node-partition',
  summary:
    'the network between the leader of three replicas and the others is down until one leads',
  kind: 'conformance',
  needs: [{ kind: 'replicas', nodes: 3 }, { kind: 'node-networks' }],
  // Of several scopes other nodes lead some, and what they acknowledge meanwhile would count as the isolated one's.
  topology: { scopes: 1, subscriptions: 1 },
  // Sends until another leads, which takes some ten seconds; consumers fall behind, as in all of these.
  workload: {
    ...clusterWorkload,
    consumers: 1,
    load: { ...clusterWorkload.load, ratePerSecond: 2_000, messages: 30_000 },
    prefetch: 60,
  },
  faults: [{ kind: 'isolate-leader', at: 0.3, ledMs: 1_500 }],
  under: 'node-loss',
  exposes: ['D1', 'D4', 'D7', 'D9'],
  guards: clusterGuards,
  controls: [{ kind: 'unclaimed', shows: ['D1'] }],
} as const satisfies Scenario;
