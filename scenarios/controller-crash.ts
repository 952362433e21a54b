import { clusterGuards, clusterWorkload } from './cluster-workload.ts';
import type { Scenario } from './scenario.ts';

/**
 * Where leaders are elected by others than the nodes, whoever elects them dies first. Its successor knows who is in
 * sync only by what was replicated, and it is the one that elects when a leader dies then.
 */
export const controllerCrash = {
  id: 'controller-crash',
  summary:
    'kill -9 of the active one of three controllers, then of a leader whose successor the next one elects',
  kind: 'conformance',
  needs: [
    { kind: 'replicas', nodes: 3 },
    { kind: 'controllers', controllers: 3 },
  ],
  topology: { scopes: 4, subscriptions: 1 },
  workload: {
    ...clusterWorkload,
    load: { ...clusterWorkload.load, ratePerSecond: 2_000, messages: 30_000 },
  },
  faults: [
    { kind: 'kill-controller', at: 0.2, downMs: 500 },
    { kind: 'kill-leader', at: 0.8, pauseFollowersMs: 150, downMs: 500 },
  ],
  under: 'node-loss',
  exposes: ['D1', 'D4', 'D7', 'D9'],
  guards: clusterGuards,
  controls: [{ kind: 'unclaimed', shows: ['D1'] }],
} as const satisfies Scenario;
