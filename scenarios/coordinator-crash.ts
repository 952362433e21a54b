import type { Scenario } from './scenario.ts';
import { transform } from './transform.ts';

/**
 * Where transactions and groups have a coordinator, what it knew must outlive it: a commit that was promised is carried
 * out by its successor, an open transaction is not half visible, and nobody starts again from an older offset.
 */
export const coordinatorCrash = {
  id: 'coordinator-crash',
  summary: 'kill -9 of the node that coordinates a job’s transactions, then of that of its group',
  kind: 'conformance',
  needs: [...transform.needs, { kind: 'replicas', nodes: 3 }, { kind: 'coordinators' }],
  topology: transform.topology,
  // Long enough for jobs to be at work at each of the two, and between them: a node takes some seconds to come back.
  workload: {
    ...transform.workload,
    load: { ...transform.workload.load, ratePerSecond: 1_000, messages: 20_000 },
    prefetch: 100,
    // So much comes during the work of a batch that a transaction is worth a crash.
    workMs: 60,
    drainTimeoutMs: 60_000,
  },
  faults: [
    { kind: 'kill-coordinator', at: 0.15, of: 'transactions', downMs: 500 },
    { kind: 'kill-coordinator', at: 0.6, of: 'group', downMs: 500 },
  ],
  under: 'node-loss',
  exposes: ['E1', 'E2', 'T4', 'T5'],
  guards: transform.guards,
  controls: [
    { kind: 'weaker-level', level: 'at-least-once', consumption: undefined, shows: ['E2'] },
  ],
} as const satisfies Scenario;
