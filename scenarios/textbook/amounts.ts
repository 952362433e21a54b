import type { Bound, Expectation, Sentence } from './sentence.ts';

const figure = {
  of: 'throughput',
  unit: 'megabytes a second through one partition or queue',
} as const;

const compared = (over: string, bound: Bound): Expectation => ({
  is: 'ratio',
  figure,
  over,
  bound,
});

/** What people say as a number: it is measured here, on this machine, and is no matter of yes or no. */
export const amounts: readonly Sentence[] = [
  {
    id: '18',
    text: 'A partition carries 10 to 50 MB/s, and a queue of RabbitMQ about a tenth of what a partition of Kafka does.',
    requires: ['kafka', 'rabbitmq'],
    amount: true,
    trials: [
      {
        says: 'with thousands in flight a partition carries at least twice what it carries one by one; how much that is, who was at the limit, and how many times that of a queue is told',
        treatment: {
          scenario: 'one-partition',
          shows: [
            compared('one-by-one', { least: 2 }),
            {
              is: 'measured',
              figure,
              scenario: 'one-partition',
              said: '10 to 50, and 10 times a queue of RabbitMQ',
            },
          ],
        },
        control: { scenario: 'one-by-one', shows: [compared('one-partition', { most: 0.5 })] },
        systems: {
          log: { treatment: 'acks-all', control: 'acks-all', against: 'broker@manual-ack' },
          broker: { treatment: 'manual-ack', control: 'manual-ack' },
          kafka: { treatment: 'acks-all', control: 'acks-all', against: 'rabbitmq@manual-ack' },
          rabbitmq: { treatment: 'manual-ack', control: 'manual-ack' },
        },
      },
    ],
    untried: [
      'several clients at once: one process writes and reads here',
      'replicas: a partition and a queue are on one node here',
    ],
  },
];
