import { type Bound, type Expectation, kept, type Sentence, type Side } from './sentence.ts';

const drained = (scenario: string, over: string, bound: Bound): Side => ({
  scenario,
  shows: [
    {
      is: 'ratio',
      figure: { of: 'backlog', unit: 'deliveries a second' },
      over,
      bound,
    },
  ],
});

const idle = (bound: Bound): Expectation => ({
  is: 'figure',
  figure: { of: 'readers', name: 'idle', unit: 'consumers that got nothing' },
  bound,
});

const found = (bound: Bound): Expectation => ({
  is: 'figure',
  figure: {
    of: 'fault',
    kind: 'read-again',
    name: 'messages that a later reader found',
    unit: 'messages that a later reader found',
  },
  bound,
});

const none = (name: string, unit: string): Expectation => ({
  is: 'figure',
  figure: { of: 'fault', kind: 'read-again', name, unit },
  bound: { most: 0 },
});

/** What one more consumer of the same messages is worth. */
export const consumers: readonly Sentence[] = [
  {
    id: '1a',
    text: 'A queue gives each message to one of its consumers and forgets it when it is acknowledged: two drain it at least 1.6 times as fast as one, where work is the limit, and who comes later finds nothing.',
    requires: ['rabbitmq'],
    trials: [
      {
        says: 'two consumers drain a backlog of slow work at least 1.6 times as fast as one; where all of it is one group, or one consumer is active, they do not',
        treatment: drained('drain-by-two', 'drain-by-one', { least: 1.6 }),
        control: drained('drain-in-one-order', 'drain-by-one', { most: 1.25 }),
        systems: {
          queue: { treatment: 'lease', control: 'fifo' },
          broker: { treatment: 'manual-ack', control: 'single-active' },
          rabbitmq: { treatment: 'manual-ack', control: 'single-active' },
        },
      },
      {
        says: 'what was acknowledged is gone for whoever comes later; the same reader finds all of it where nobody has acknowledged it yet',
        treatment: { scenario: 'read-after', shows: [found({ most: 0 }), kept('D1')] },
        control: { scenario: 'read-before', shows: [found({ least: 6_000 }), kept('D1')] },
        systems: {
          queue: { treatment: 'lease', control: 'lease' },
          broker: { treatment: 'manual-ack', control: 'manual-ack' },
          rabbitmq: { treatment: 'manual-ack', control: 'manual-ack' },
        },
      },
    ],
    untried: [],
  },
  {
    id: '1b',
    text: 'A log is read again from its beginning, from a position and from a time, twice the same, and a second group does not disturb the first.',
    requires: ['kafka'],
    trials: [
      {
        says: 'another group finds all of it again, wherever it starts, and the consumers get nothing for it; what retention has removed is not there',
        treatment: {
          scenario: 'read-after',
          shows: [
            found({ least: 6_000 }),
            none('copies that came otherwise then', 'copies that came otherwise when read again'),
            none(
              'copies that consumers got meanwhile',
              'copies that the first group got meanwhile',
            ),
          ],
        },
        control: { scenario: 'read-after', shows: [found({ most: 5_999 })] },
        systems: { log: { treatment: 'acks-all', control: 'short-retention' } },
      },
    ],
    untried: [
      'the p99 of the first group while another one reads',
      'a control on Kafka, which looks for what is too old once a second, and may not have looked yet',
    ],
  },
  {
    id: '7',
    text: 'A group has no more active consumers than there are partitions: more of them are idle, and nothing goes faster.',
    requires: ['kafka'],
    trials: [
      {
        says: 'of four consumers two have nothing to do with two partitions, and drain as fast as two do; with four partitions all four work, and drain faster',
        treatment: withIdle(
          drained('drain-by-four', 'drain-by-two', { most: 1.25 }),
          idle({ least: 2 }),
        ),
        control: withIdle(
          drained('drain-by-four-of-four', 'drain-by-two', { least: 1.25 }),
          idle({ most: 0 }),
        ),
        systems: {
          log: { treatment: 'acks-all', control: 'acks-all' },
          kafka: { treatment: 'acks-all', control: 'acks-all' },
        },
      },
    ],
    untried: [],
  },
];

function withIdle({ scenario, shows }: Side, also: Expectation): Side {
  return { scenario, shows: [...shows, also] };
}
