import { faultedGuards, faultedWorkload } from './faulted-workload.ts';
import type { Scenario } from './scenario.ts';

/** A consumer dies holding messages it has not settled; another takes over. */
export const consumerCrash = {
  id: 'consumer-crash',
  summary: 'a consumer dies with unsettled messages in its hands',
  kind: 'conformance',
  needs: [],
  topology: { scopes: 4, subscriptions: 1 },
  workload: faultedWorkload,
  faults: [{ kind: 'crash-consumer', at: 0.4, downMs: 100 }],
  under: 'client-crash',
  exposes: ['D1', 'D5', 'D6', 'D10'],
  guards: faultedGuards,
  controls: [
    { kind: 'weaker-level', level: 'at-most-once', consumption: 'automatic', shows: ['D10'] },
  ],
} as const satisfies Scenario;
