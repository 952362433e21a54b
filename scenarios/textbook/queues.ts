import { kept, seen, type Sentence } from './sentence.ts';

/** Leases, message groups, dead letters: what a queue does with a message between two hands. */
export const queues: readonly Sentence[] = [
  {
    id: '10',
    text: 'Visibility timeout: a crash before the delete redelivers, and what is received too often becomes a dead letter.',
    requires: ['sqs'],
    trials: [
      {
        says: 'what a crashed consumer had not deleted is delivered again; what is deleted on receipt is lost with it',
        treatment: {
          scenario: 'consumer-crash',
          shows: [
            {
              is: 'figure',
              figure: { of: 'counts', name: 'redelivered', unit: 'deliveries beyond the first' },
              bound: { least: 1 },
            },
            kept('D10', 'D1'),
          ],
        },
        control: { scenario: 'consumer-crash', shows: [seen('D10')] },
        systems: { queue: { treatment: 'lease', control: 'delete-on-receive' } },
      },
      {
        says: 'with a receive limit a message that nobody can process becomes a dead letter; without one it comes again and again',
        treatment: { scenario: 'poison-message', shows: [kept('Q1', 'Q3', 'D1')] },
        control: { scenario: 'poison-message', shows: [seen('Q3', 'Q7')] },
        systems: { queue: { treatment: 'dead-letters', control: 'lease' } },
      },
    ],
    untried: [
      'work that takes longer than the timeout, and a timeout that is extended',
      'a second SQS target',
    ],
  },
  {
    id: '11',
    text: 'A FIFO queue keeps the order of a message group, and copies of a send are recognised for five minutes.',
    requires: ['sqs'],
    trials: [
      {
        says: 'a copy of a send is recognised; without deduplication it is delivered, too',
        treatment: { scenario: 'lost-response', shows: [kept('D4', 'D1')] },
        control: { scenario: 'lost-response', shows: [seen('D4')] },
        systems: {
          queue: { treatment: 'fifo', control: 'fifo-dedup-off' },
          sqs: { treatment: 'fifo', control: 'standard' },
        },
      },
      {
        says: 'message groups stay in order when a consumer dies; in a standard queue the order is lost',
        treatment: { scenario: 'consumer-crash', shows: [kept('O2', 'O8')] },
        control: { scenario: 'consumer-crash', shows: [seen('O2')] },
        systems: { queue: { treatment: 'fifo', control: 'standard' } },
      },
    ],
    untried: [
      'a stuck message that blocks its group and no other',
      'a copy that comes after five minutes',
      'a second SQS target',
    ],
  },
];
