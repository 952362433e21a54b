import { awsSuite } from './aws-suite.ts';
import { awsTroublesSuite } from './aws-troubles-suite.ts';
import { clusters } from './clusters-suite.ts';
import { fintechSuite } from './fintech/suite.ts';
import { asItIs, type BuiltInSuite } from './suite.ts';
import { textbook } from './textbook/suite.ts';

export type { BuiltInSuite, SuiteScenario } from './suite.ts';

const onOneNode = ['log', 'queue', 'broker@auto-ack', 'broker@manual-ack'];

/** One profile of each engine for each level, for `compare`. */
const weakest = [
  'log@acks-0',
  'queue@delete-on-receive',
  'broker@auto-ack',
  'kafka@acks-0',
  'rabbitmq@auto-ack',
  'nats@core',
];
const acknowledged = [
  'log@acks-all',
  'queue@lease',
  'broker@manual-ack',
  'kafka@acks-all',
  'rabbitmq@manual-ack',
  'nats@jetstream-r1',
];
/** A job with all that a transaction is, and with parts of it or without one. */
const pipelines = [
  'log@transactional',
  'log@offsets-apart',
  'log@read-uncommitted',
  'log@unsequenced',
  'log@idempotent',
  'queue@lease',
];
const transactional = ['log@transactional', 'kafka@transactional'];

/**
 * `default` is what `npm start` runs: the embedded engines, within some minute on two cores. They
 * are fast enough for a steady rate that real ones are not asked for. Faults are for the profiles that they tell
 * apart: a consumer's crash asks nothing of what the producer waits for, nor a lost answer of who waits for none.
 * `replication` asks what is left when the in-sync set shrinks, its leader dies, or both; `power-loss` what a sync is worth,
 * `rebalance` what a consumer that comes or goes costs the others, `exactly-once` what a transaction is, and what
 * is left of it when a part is missing. `compare` puts engines side by side, one profile for each level: what a
 * level costs, in five rounds, and whether each keeps it, in one.
 * `textbook` puts the sentences that people repeat about queues and logs on trial; `fintech` the longest of them, in which
 * one stream has jobs, deciders and collectors as readers.
 * `dead-letters` asks what becomes of messages that nobody can process, `routing` what arrives where while
 * bindings come and go, `overload` what a limit on the age or length of a queue takes away. `limits` asks real brokers
 * what becomes of messages that nobody can process, how long they wait for an answer and for how long they know a copy.
 * `aws` is what `run --engine sqs,sns,kinesis` does: the services of AWS with nothing but `npm install`; `aws-troubles` has
 * quotas, failures and copies that AWS may come with.
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
      {
        ...asItIs('steady'),
        engines: onOneNode,
        rate: 20_000,
        messages: 25_000,
        load: { warmup: '5000' },
      },
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
      // Two cells share a thread that may be busy for a while: the load must not be over when the fault is due.
      { ...asItIs('broker-crash'), engines: onOneNode, messages: 15_000 },
      // Embedded nodes take more than the real ones that the scenario is made for.
      {
        ...asItIs('leader-crash'),
        engines: ['log@acks-1', 'log@acks-all', 'broker@quorum'],
        rate: 8_000,
        messages: 12_000,
        load: { consumers: '4' },
      },
      {
        ...asItIs('lost-response'),
        engines: ['log@acks-all', 'log@idempotent', 'queue@lease', 'broker@manual-ack'],
      },
    ],
  },
  replication: {
    engines: [
      'log@acks-1',
      'log@acks-all-min-1',
      'log@unclean',
      'log@acks-all',
      'log@pipelined',
      'log@idempotent',
    ],
    target: 'embedded',
    scenarios: [
      'leader-crash',
      'below-min-in-sync',
      'lone-leader-crash',
      'lone-leader-power-loss',
    ].map(asItIs),
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
    engines: [...pipelines, 'log@keyed-effects', 'log@late-keys'],
    target: 'embedded',
    scenarios: [
      ...['transform', 'transform-lost-response', 'zombie-producer'].map((id) => ({
        ...asItIs(id),
        engines: pipelines,
      })),
      ...['transform-effect', 'transform-lost-commit'].map((id) => ({
        ...asItIs(id),
        engines: ['log@transactional', 'log@keyed-effects', 'log@late-keys'],
      })),
    ],
  },
  compare: {
    engines: [...weakest, ...acknowledged, ...transactional],
    rounds: 5,
    // They tell of the checks, which `default` puts to the test; here they would take a minute.
    controls: false,
    scenarios: [
      {
        ...asItIs('steady'),
        engines: [...weakest, ...acknowledged],
        rate: 5_000,
        messages: 12_000,
      },
      { ...asItIs('steady-transform'), engines: [...acknowledged, ...transactional] },
      { ...asItIs('broker-crash'), engines: [...weakest, ...acknowledged], rounds: 1 },
      { ...asItIs('transform'), engines: [...acknowledged, ...transactional], rounds: 1 },
    ],
  },
  'dead-letters': {
    engines: [
      'queue@lease',
      'queue@dead-letters',
      'broker@manual-ack',
      'broker@drop-at-limit',
      'broker@dead-letters',
    ],
    target: 'embedded',
    scenarios: [
      asItIs('poison-message'),
      { ...asItIs('redrive'), engines: ['queue@dead-letters'] },
    ],
  },
  limits: {
    engines: [
      'rabbitmq@quorum-dead-letters',
      'rabbitmq@quorum-dead-letters-by-reject',
      'rabbitmq@quorum-drop-at-limit',
      'nats@jetstream-r1',
      'nats@ack-wait',
      'nats@dedup',
      'nats@dedup-short-window',
    ],
    target: 'local',
    controls: false,
    scenarios: [
      {
        ...asItIs('poison-message'),
        engines: ['rabbitmq', 'nats@jetstream-r1', 'nats@ack-wait'],
      },
      {
        ...asItIs('lost-response'),
        engines: ['nats@jetstream-r1', 'nats@dedup', 'nats@dedup-short-window'],
      },
    ],
  },
  overload: {
    engines: [
      'log@idempotent',
      'queue@lease',
      'broker@manual-ack',
      'broker@expiring',
      'broker@max-length',
      'broker@reject-publish',
    ],
    target: 'embedded',
    scenarios: [asItIs('overload')],
  },
  clusters,
  aws: awsSuite,
  'aws-troubles': awsTroublesSuite,
  textbook,
  fintech: fintechSuite,
  routing: {
    engines: ['broker@auto-ack', 'broker@manual-ack', 'broker@not-mandatory'],
    target: 'embedded',
    scenarios: [asItIs('routing-change')],
  },
};
