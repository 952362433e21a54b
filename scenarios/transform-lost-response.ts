import { faultedGuards, faultedWorkload } from './faulted-workload.ts';
import type { Scenario } from './scenario.ts';

/** What transactions need idempotence for: a batch that is sent again in one must not be in it twice. */
export const transformLostResponse = {
  id: 'transform-lost-response',
  summary: 'jobs read, transform and write; answers to sends are swallowed and connections cut',
  kind: 'conformance',
  needs: [{ kind: 'wire' }, { kind: 'send-reply' }],
  topology: { scopes: 4, subscriptions: 2 },
  workload: { ...faultedWorkload, transformers: 2, consumers: 1, prefetch: 200, workMs: 5 },
  faults: [{ kind: 'lose-response', at: 0.1, times: 5, everyMs: 50 }],
  under: 'connection-loss',
  exposes: ['D4', 'E1', 'E2'],
  guards: { ...faultedGuards, minimumInFlightAtFault: 1 },
  controls: [
    { kind: 'weaker-level', level: 'at-least-once', consumption: undefined, shows: ['E2'] },
  ],
} as const satisfies Scenario;
