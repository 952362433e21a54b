import type { Scenario } from './scenario.ts';
import { transformEffect } from './transform-effect.ts';

/**
 * The other system applies an effect, and its answer to the COMMIT is lost: the job cannot know, gives its transaction
 * up and works on the inputs again. Nobody dies. What the broker's transaction is worth ends here, unless the effect
 * carries an idempotency key.
 */
export const transformLostCommit = {
  id: 'transform-lost-commit',
  summary: 'transactional jobs with an effect outside; answers to its COMMIT are swallowed',
  kind: 'conformance',
  needs: transformEffect.needs,
  topology: transformEffect.topology,
  workload: { ...transformEffect.workload, effects: 'postgres' },
  faults: [{ kind: 'lose-commit', at: 0.1, times: 4, everyMs: 100 }],
  under: 'connection-loss',
  exposes: ['E1', 'E2', 'T4', 'T5'],
  // One COMMIT is in flight when its answer is lost, with all inputs of a batch.
  guards: { ...transformEffect.guards, minimumInFlightAtFault: 1 },
  controls: [{ kind: 'without-promise', promise: 'outside-effects', shows: ['E2'] }],
} as const satisfies Scenario;
