import { faultedGuards, faultedWorkload } from './faulted-workload.ts';
import type { Scenario } from './scenario.ts';

/** SIGKILL of the broker's process while sends are unanswered, and a restart on the same data. */
export const brokerCrash = {
  id: 'broker-crash',
  summary: 'kill -9 of the broker process with sends in flight, restart on the same data',
  kind: 'conformance',
  needs: [{ kind: 'broker-process' }],
  topology: { scopes: 4, subscriptions: 1 },
  workload: faultedWorkload,
  // Late enough that what had been sent before meets the guards, though fire-and-forget loses all the rest.
  faults: [{ kind: 'kill-broker', at: 0.55, downMs: 100 }],
  under: 'process-crash',
  exposes: ['D1', 'D4', 'D7', 'D9'],
  guards: faultedGuards,
  controls: [
    {
      kind: 'weaker-level',
      level: 'at-most-once',
      consumption: undefined,
      shows: ['D12', 'D1', 'D10'],
    },
  ],
} as const satisfies Scenario;
