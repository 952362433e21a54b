import { faultedGuards, faultedWorkload } from './faulted-workload.ts';
import type { Scenario } from './scenario.ts';

/** Every subscription of a destination gets its own copy of everything, also while a consumer dies. */
export const fanOut = {
  id: 'fan-out',
  summary:
    'two subscriptions of one destination, one of whose consumers dies with messages in its hands',
  kind: 'conformance',
  needs: [{ kind: 'fan-out' }],
  topology: { scopes: 4, subscriptions: 2 },
  workload: faultedWorkload,
  faults: [{ kind: 'crash-consumer', at: 0.4, downMs: 100 }],
  under: 'client-crash',
  exposes: ['D1', 'D10', 'R5'],
  guards: faultedGuards,
  controls: [{ kind: 'planted', plant: 'swallow-delivery', shows: ['R5'] }],
} as const satisfies Scenario;
