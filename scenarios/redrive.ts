import { poisonMessage } from './poison-message.ts';
import type { Scenario } from './scenario.ts';

/** What made some dead letters poisonous is repaired, and all of them are moved back. */
export const redrive = {
  id: 'redrive',
  summary:
    'dead letters are moved back: what was repaired is processed, the rest is set aside again',
  kind: 'conformance',
  needs: [
    { kind: 'capability', capability: 'requeue' },
    { kind: 'capability', capability: 'redrive' },
  ],
  topology: poisonMessage.topology,
  workload: {
    ...poisonMessage.workload,
    poison: { ...poisonMessage.workload.poison, answers: ['requeue'] },
  },
  faults: [{ kind: 'redrive', at: 1 }],
  under: 'none',
  exposes: ['D1', 'Q1', 'Q2', 'Q3'],
  guards: { ...poisonMessage.guards, minimumExposure: { Q1: 50, Q3: 50 } },
  controls: [{ kind: 'planted', plant: 'swallow-delivery', shows: ['D1'] }],
} as const satisfies Scenario;
