import { faultedGuards, faultedWorkload } from './faulted-workload.ts';
import type { Scenario } from './scenario.ts';

/** The broker's machine loses its power while sends are unanswered, and comes back on what had been synced. */
export const powerLoss = {
  id: 'power-loss',
  summary: 'the broker dies and what it had not synced is gone, restart on the rest',
  kind: 'conformance',
  needs: [{ kind: 'power-loss' }],
  topology: { scopes: 4, subscriptions: 1 },
  // Consumers that fall behind: what was acknowledged and not read yet is what a power loss can take.
  workload: {
    ...faultedWorkload,
    load: { ...faultedWorkload.load, messages: 15_000 },
    prefetch: 100,
    workMs: 50,
  },
  faults: [{ kind: 'lose-power', at: 0.3, downMs: 100 }],
  under: 'power-loss',
  exposes: ['D1', 'D7', 'D9'],
  // What went with the power cannot be delivered any more.
  guards: { ...faultedGuards, minimumDelivered: 1_000 },
  controls: [{ kind: 'unclaimed', shows: ['D1'] }],
} as const satisfies Scenario;
