import { faultedGuards, faultedWorkload } from './faulted-workload.ts';
import type { Scenario } from './scenario.ts';

/** A producer dies between a send and its answer; a new incarnation goes on with lanes of its own. */
export const producerCrash = {
  id: 'producer-crash',
  summary: 'a producer dies between its sends and their answers; a new one goes on',
  kind: 'conformance',
  needs: [{ kind: 'send-reply' }],
  topology: { scopes: 4, subscriptions: 1 },
  workload: faultedWorkload,
  faults: [{ kind: 'crash-producer', at: 0.5, downMs: 50 }],
  under: 'client-crash',
  exposes: ['D1', 'D4', 'D7'],
  guards: faultedGuards,
  controls: [{ kind: 'planted', plant: 'swallow-delivery', shows: ['D1'] }],
} as const satisfies Scenario;
