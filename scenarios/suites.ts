/** One scenario of a suite; undefined takes the scenario's own figure. */
export interface SuiteScenario {
  readonly id: string;
  /** `engine` or `engine@profile`, of those that the suite names; undefined: all of them. */
  readonly engines: string[] | undefined;
  readonly rate: number | undefined;
  readonly messages: number | undefined;
  readonly thresholds: string[] | undefined;
}

/** A suite that ships with Ackmark: what `run --suite <name>` does when the flags do not say otherwise. */
export interface BuiltInSuite {
  readonly engines: string[];
  readonly target: string;
  readonly scenarios: SuiteScenario[];
}

const asItIs = (id: string): SuiteScenario => ({
  id,
  engines: undefined,
  rate: undefined,
  messages: undefined,
  thresholds: undefined,
});

const onOneNode = ['log', 'queue', 'broker@auto-ack', 'broker@manual-ack'];

/**
 * `default` is what `npm start` runs: the embedded engines, 60 to 70 s on two cores. They
 * are fast enough for a steady rate that real ones are not asked for. Faults are for the profiles that they tell
 * apart: a consumer's crash asks nothing of what the producer waits for, nor a lost answer of who waits for none. `power-loss` asks what a sync is worth,
 * `rebalance` what a consumer that comes or goes costs the others, `exactly-once` what a transaction is, and what
 * is left of it when a part is missing.
 */
export const suites: Readonly<Record<string, BuiltInSuite>> = {
  default: {
    engines: [
      'log@acks-0',
      'log@acks-1',
      'log@acks-all',
      'log@idempotent',
      'queue@delete-on-receive',
      'queue@lease',
      'broker@auto-ack',
      'broker@manual-ack',
      'broker@quorum',
    ],
    target: 'embedded',
    scenarios: [
      { ...asItIs('steady'), engines: onOneNode, rate: 40_000, messages: 40_000 },
      {
        ...asItIs('consumer-crash'),
        engines: [
          'log@acks-all',
          'log@idempotent',
          'queue',
          'broker@auto-ack',
          'broker@manual-ack',
        ],
      },
      { ...asItIs('broker-crash'), engines: onOneNode },
      { ...asItIs('leader-crash'), engines: ['log@acks-1', 'log@acks-all', 'broker@quorum'] },
      {
        ...asItIs('lost-response'),
        engines: ['log@acks-all', 'log@idempotent', 'queue@lease', 'broker@manual-ack'],
      },
    ],
  },
  'power-loss': {
    engines: [
      'log@acks-0',
      'log@acks-1',
      'log@acks-all',
      'log@idempotent',
      'log@fsync-interval',
      'log@fsync-every-batch',
      'queue@delete-on-receive',
      'queue@lease',
      'queue@lease-fsync-every-batch',
      'queue@fifo',
    ],
    target: 'embedded',
    scenarios: [asItIs('power-loss')],
  },
  rebalance: {
    engines: ['log@idempotent', 'log@cooperative', 'log@static-members'],
    target: 'embedded',
    scenarios: [asItIs('rebalance')],
  },
  'exactly-once': {
    engines: [
      'log@transactional',
      'log@offsets-apart',
      'log@read-uncommitted',
      'log@unsequenced',
      'log@idempotent',
      'queue@lease',
    ],
    target: 'embedded',
    scenarios: [asItIs('transform'), asItIs('transform-lost-response')],
  },
};
