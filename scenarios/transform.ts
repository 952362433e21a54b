import { faultedWorkload } from './faulted-workload.ts';
import type { Scenario } from './scenario.ts';

/**
 * Consume, transform, produce: of each message one output is made. A transformer dies when only one of both
 * halves stands, the output or the record that its input is done; another takes its place.
 */
export const transform = {
  id: 'transform',
  summary: 'jobs read, transform and write; one dies between its output and its settlement',
  kind: 'conformance',
  needs: [{ kind: 'send-reply' }],
  topology: { scopes: 4, subscriptions: 2 },
  workload: { ...faultedWorkload, transformers: 2, consumers: 1, prefetch: 200, workMs: 5 },
  faults: [{ kind: 'crash-transformer', at: 0.4, after: 'outputs', downMs: 100 }],
  under: 'client-crash',
  exposes: ['E1', 'E2', 'T4', 'T5'],
  guards: {
    minimumAcknowledged: 5_000,
    minimumDelivered: 5_000,
    minimumInFlightAtFault: 10,
    minimumExposure: {},
  },
  controls: [
    { kind: 'weaker-level', level: 'at-least-once', consumption: undefined, shows: ['E2'] },
  ],
} as const satisfies Scenario;
