import { steady } from './steady.ts';
import type { Scenario } from './scenario.ts';

/**
 * No fault: what it costs that of each message one output is made, with or without a transaction. An output is
 * due when its input was, so that end to end is all the way through the job.
 */
export const steadyTransform = {
  id: 'steady-transform',
  summary: 'undisturbed jobs that read, transform and write: the price of exactly once',
  kind: 'timed',
  needs: [{ kind: 'send-reply' }],
  topology: { scopes: 4, subscriptions: 2 },
  workload: {
    ...steady.workload,
    transformers: 1,
    prefetch: 500,
    load: {
      kind: 'open',
      ratePerSecond: 4_000,
      messages: 12_000,
      warmupMessages: 1_500,
      late: 'catch-up',
    },
  },
  faults: [],
  under: 'none',
  exposes: ['D1', 'E1', 'E2', 'T4', 'T5'],
  guards: {
    minimumAcknowledged: 5_000,
    minimumDelivered: 5_000,
    minimumInFlightAtFault: 0,
    minimumExposure: {},
  },
  controls: [{ kind: 'planted', plant: 'swallow-delivery', shows: ['D1', 'E1'] }],
} as const satisfies Scenario;
