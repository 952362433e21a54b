import { faultedGuards, faultedWorkload } from './faulted-workload.ts';
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
  faults: [{ kind: 'lose-response', at: 0.2, times: 5, everyMs: 100 }],
  under: 'connection-loss',
  exposes: ['D1', 'D4'],
  guards: { ...faultedGuards, minimumInFlightAtFault: 1 },
  controls: [
    { kind: 'weaker-level', level: 'at-least-once', consumption: undefined, shows: ['D4'] },
  ],
} as const satisfies Scenario;
