import { faultedGuards, faultedWorkload } from './faulted-workload.ts';
import type { Scenario } from './scenario.ts';

/**
 * Consumers of one group come and go for the whole load, as under an autoscaler that cannot make up its mind:
 * whoever has the next message is never settled for long, and nothing must fall between two of them.
 */
export const consumerChurn = {
  id: 'consumer-churn',
  summary: 'consumers of a group join, leave in good order and crash, in turn, all the time',
  kind: 'conformance',
  needs: [{ kind: 'capability', capability: 'groups' }],
  topology: { scopes: 6, subscriptions: 1 },
  // Long enough for groups that wait for a member which died without a word, several times.
  workload: {
    ...faultedWorkload,
    consumers: 3,
    load: { ...faultedWorkload.load, ratePerSecond: 800, messages: 24_000 },
    prefetch: 200,
  },
  faults: [{ kind: 'churn-consumers', at: 0.05, until: 0.85, turns: 8, most: 5 }],
  under: 'client-crash',
  exposes: ['D1', 'D5', 'D6', 'D10', 'G1', 'G2'],
  // Who holds little at any time must not be waited for until the load is over: with one message it does not go with empty hands.
  guards: { ...faultedGuards, minimumInFlightAtFault: 1 },
  controls: [
    { kind: 'weaker-level', level: 'at-most-once', consumption: 'automatic', shows: ['D10'] },
  ],
} as const satisfies Scenario;
