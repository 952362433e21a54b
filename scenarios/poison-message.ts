import { faultedWorkload } from './faulted-workload.ts';
import type { Scenario } from './scenario.ts';

/** Some messages can be processed by nobody: they must leave the others alone, and must not be lost. */
export const poisonMessage = {
  id: 'poison-message',
  summary:
    'one message of fifty can be processed by nobody, and is set aside after three deliveries',
  kind: 'conformance',
  needs: [{ kind: 'capability', capability: 'requeue' }],
  topology: { scopes: 4, subscriptions: 1, deliveryLimit: 3 },
  workload: {
    ...faultedWorkload,
    poison: { oneIn: 50, answers: ['requeue', 'lapse'], curedAfter: 5 },
  },
  faults: [],
  under: 'none',
  exposes: ['D1', 'V2', 'V3', 'Q1', 'Q2', 'Q3', 'Q7'],
  guards: {
    minimumAcknowledged: 5_000,
    minimumDelivered: 5_000,
    minimumInFlightAtFault: 0,
    minimumExposure: { Q1: 100, Q3: 100 },
  },
  controls: [{ kind: 'without-promise', promise: 'dead-letter', shows: ['Q3', 'Q7'] }],
} as const satisfies Scenario;
