import { type Bound, type Expectation, kept, seen, type Sentence, type Side } from './sentence.ts';

const worstShare = (bound: Bound): Expectation => ({
  is: 'figure',
  figure: {
    of: 'partitions',
    name: 'share-of-worst',
    unit: 'percent of all that was unread in the worst partition',
  },
  bound,
});

const inSeveral = (bound: Bound): Expectation => ({
  is: 'figure',
  figure: {
    of: 'partitions',
    name: 'keys-in-several',
    unit: 'keys of 64 with messages in more than one partition',
  },
  bound,
});

const held = (bound: Bound): Expectation => ({
  is: 'figure',
  figure: { of: 'readers', name: 'most-held', unit: 'messages that one consumer had in its hands' },
  bound,
});

const left = (name: 'half' | 'nine-tenths' | 'growth', unit: string): Expectation => ({
  is: 'figure',
  figure: { of: 'countdown', name, unit },
  bound: { least: 1 },
});

const noneSkipped: Expectation = {
  is: 'figure',
  figure: {
    of: 'countdown',
    name: 'skipped',
    unit: 'messages that were gone before they were read',
  },
  bound: { most: 0 },
};

const faster = (scenario: string, over: string, bound: Bound): Side => ({
  scenario,
  shows: [{ is: 'ratio', figure: { of: 'backlog', unit: 'deliveries a second' }, over, bound }],
});

/** What is unread, who holds it, and what becomes of it. */
export const lag: readonly Sentence[] = [
  {
    id: '6',
    text: 'Order holds within a partition and a key, and not across partitions.',
    requires: ['kafka'],
    trials: [
      {
        says: 'messages of one key are in order in their partition; spread over several they are not',
        treatment: { scenario: 'hot-key', shows: [kept('O2', 'D1')] },
        control: { scenario: 'hot-key', shows: [seen('O2')] },
        systems: {
          log: { treatment: 'idempotent', control: 'composite-key' },
          kafka: { treatment: 'idempotent', control: 'composite-key' },
        },
      },
      {
        says: 'while the number of partitions stays, each key stays in its own and in order; when producers count six instead of four, keys move to others and overtake themselves',
        treatment: {
          scenario: 'same-partitions',
          shows: [inSeveral({ most: 0 }), kept('O2', 'D1')],
        },
        control: { scenario: 'more-partitions', shows: [inSeveral({ least: 40 }), seen('O2')] },
        systems: {
          log: { treatment: 'acks-all', control: 'acks-all' },
          kafka: { treatment: 'acks-all', control: 'acks-all' },
        },
      },
    ],
    untried: [
      'partitions that the broker adds to a topic, and how its clients come to know of them',
      'the partition that kafkajs chooses',
    ],
  },
  {
    id: '9',
    text: 'A window bounds what a slow consumer holds; without one it holds whatever comes.',
    requires: ['kafka', 'rabbitmq'],
    trials: [
      {
        says: 'with a window of 50 no consumer ever has more than 50 messages in its hands; without one it has most of what was sent',
        treatment: { scenario: 'windowed', shows: [held({ most: 50 }), kept('D1')] },
        control: { scenario: 'windowless', shows: [held({ least: 500 })] },
        systems: {
          log: { treatment: 'acks-all', control: 'acks-all' },
          queue: { treatment: 'lease', control: 'lease' },
          broker: { treatment: 'manual-ack', control: 'manual-ack' },
          kafka: { treatment: 'acks-all', control: 'acks-all' },
          rabbitmq: { treatment: 'manual-ack', control: 'manual-ack' },
        },
      },
    ],
    untried: [
      'what a client library holds besides, and the memory of its process',
      'bytes of a fetch',
    ],
  },
  {
    id: '15',
    text: 'Lag is a countdown: when consumers are slower than producers, retention deletes what nobody has read. More consumers help as far as there are partitions.',
    requires: ['kafka'],
    trials: [
      {
        says: 'a log that keeps its newest only loses what slow consumers have not read, and each of three alerts goes off before; one that keeps all loses nothing',
        treatment: {
          scenario: 'overrun',
          shows: [
            seen('D1'),
            left('half', 'milliseconds from an alert at 50 % of what is kept to the first loss'),
            left('nine-tenths', 'milliseconds from an alert at 90 %'),
            left('growth', 'milliseconds from an alert that foresees a second'),
          ],
        },
        control: { scenario: 'overrun', shows: [kept('D1'), noneSkipped] },
        systems: { log: { treatment: 'short-retention', control: 'acks-all' } },
      },
      {
        says: 'a second consumer of two partitions works the backlog off at least 1.6 times as fast; two more do not',
        treatment: faster('drain-by-two', 'drain-by-one', { least: 1.6 }),
        control: faster('drain-by-four', 'drain-by-two', { most: 1.25 }),
        systems: {
          log: { treatment: 'acks-all', control: 'acks-all' },
          kafka: { treatment: 'acks-all', control: 'acks-all' },
        },
      },
    ],
    untried: [
      'a Kafka topic whose retention overruns its readers: what is left of it has no end that proves a drain',
    ],
  },
  {
    id: '16',
    text: 'A hot key makes a hot partition, which lags while others idle. A composite key spreads it and gives up the order of that customer.',
    requires: ['kafka'],
    trials: [
      {
        says: 'with 80 % of the traffic on one key most of what is unread is in one partition, in order; with a composite key it is everywhere, and out of order',
        treatment: { scenario: 'hot-key', shows: [worstShare({ least: 70 }), kept('O2', 'D1')] },
        control: { scenario: 'hot-key', shows: [worstShare({ most: 50 }), seen('O2')] },
        systems: {
          log: { treatment: 'idempotent', control: 'composite-key' },
          kafka: { treatment: 'idempotent', control: 'composite-key' },
        },
      },
    ],
    untried: [],
  },
];
