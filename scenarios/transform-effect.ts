import type { Scenario } from './scenario.ts';
import { transform } from './transform.ts';

/**
 * The job has an effect outside the system, where its transactions do not reach, and crashes after each of its steps.
 * The outputs are judged by what transactions promise (T4, T5), the effects apart from them (E1 to E3): whatever had
 * been applied before an abort is applied again with the input, unless it carries an idempotency key.
 */
export const transformEffect = {
  id: 'transform-effect',
  summary: 'transactional jobs with an effect outside; one dies after each of its steps',
  kind: 'conformance',
  needs: [...transform.needs, { kind: 'transactional-job' }],
  topology: transform.topology,
  // Jobs are slower than what comes: on a busy machine, too, each crash finds them at work, in batches that meet the guard.
  workload: {
    ...transform.workload,
    effects: 'sqlite',
    load: { ...transform.workload.load, ratePerSecond: 2_000, messages: 10_000 },
    prefetch: 40,
    workMs: 40,
    drainTimeoutMs: 60_000,
  },
  faults: [
    { kind: 'crash-transformer', at: 0.1, after: 'effect', downMs: 100 },
    { kind: 'crash-transformer', at: 0.3, after: 'outputs', downMs: 100 },
    { kind: 'crash-transformer', at: 0.5, after: 'offsets', downMs: 100 },
    { kind: 'crash-transformer', at: 0.7, after: 'commit', downMs: 100 },
  ],
  under: 'client-crash',
  exposes: ['E1', 'E2', 'T4', 'T5'],
  guards: transform.guards,
  controls: [{ kind: 'without-promise', promise: 'outside-effects', shows: ['E2'] }],
} as const satisfies Scenario;
