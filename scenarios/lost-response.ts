import { faultedWorkload } from './faulted-workload.ts';
import type { Scenario } from './scenario.ts';

/** The broker stored the message, but its answer never arrives: the case that idempotence is for. */
export const lostResponse = {
  id: 'lost-response',
  summary:
    'answers to sends are swallowed after the broker applied them, and the connection is cut',
  kind: 'conformance',
  needs: [{ kind: 'wire' }, { kind: 'send-reply' }],
  topology: { scopes: 4, subscriptions: 1 },
  workload: faultedWorkload,
  // Early and close together: on a busy machine the load brings few answers, and all five must be lost.
  faults: [{ kind: 'lose-response', at: 0.1, times: 5, everyMs: 50 }],
  under: 'connection-loss',
  exposes: ['D1', 'D4'],
  // Where nobody sends again, each cut costs everything in flight: fewer are acknowledged than elsewhere.
  guards: {
    minimumAcknowledged: 2_000,
    minimumDelivered: 2_000,
    minimumInFlightAtFault: 1,
    minimumExposure: {},
  },
  controls: [
    { kind: 'weaker-level', level: 'at-least-once', consumption: undefined, shows: ['D4'] },
  ],
} as const satisfies Scenario;
