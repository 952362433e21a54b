import type { Suite } from './suite-file.ts';

/**
 * `default` is what `npm start` runs: both embedded engines, all scenarios, a minute on two cores. The
 * embedded brokers are fast enough for a steady rate that real ones are not asked for.
 */
export const builtInSuites: Readonly<Record<string, Suite>> = {
  default: {
    engines: ['log', 'queue'],
    target: 'embedded',
    scenarios: [
      { id: 'steady', rate: 40_000, messages: 100_000 },
      { id: 'consumer-crash', rate: undefined, messages: undefined },
      { id: 'producer-crash', rate: undefined, messages: undefined },
      { id: 'broker-crash', rate: undefined, messages: undefined },
      { id: 'lost-response', rate: undefined, messages: undefined },
    ],
    rounds: 1,
    history: 'full',
    controls: true,
  },
};
