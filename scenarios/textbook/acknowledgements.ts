import { kept, seen, type Sentence } from './sentence.ts';

/** What an acknowledgement of the broker is worth to who sends. */
export const acknowledgements: readonly Sentence[] = [
  {
    id: '2',
    text: 'acks=0 loses on a crash and never duplicates. At-least-once duplicates on a retry and does not lose. acks=1 loses when a leader dies; acks=all with two of three in sync does not.',
    requires: ['kafka'],
    trials: [
      {
        says: 'acks=0 loses what was sent when the broker crashes, and stores nothing twice; acks=all does not lose it',
        treatment: { scenario: 'broker-crash', shows: [seen('D12', 'D1', 'D10'), kept('D4')] },
        control: { scenario: 'broker-crash', shows: [kept('D1')] },
        systems: {
          log: { treatment: 'acks-0', control: 'acks-all' },
          kafka: { treatment: 'acks-0', control: 'acks-all' },
        },
      },
      {
        says: 'at-least-once stores a retry twice and loses nothing; with idempotence it is stored once',
        treatment: { scenario: 'lost-response', shows: [seen('D4'), kept('D1')] },
        control: { scenario: 'lost-response', shows: [kept('D4', 'D1')] },
        systems: {
          log: { treatment: 'acks-all', control: 'idempotent' },
          kafka: { treatment: 'acks-all', control: 'idempotent' },
        },
      },
      {
        says: 'acks=all loses nothing that it acknowledged when a leader dies; acks=1 does',
        treatment: { scenario: 'leader-crash', shows: [kept('D1')] },
        control: { scenario: 'leader-crash', shows: [seen('D1')] },
        systems: {
          log: { treatment: 'acks-all', control: 'acks-1' },
          kafka: { treatment: 'acks-all', control: 'acks-1' },
        },
      },
    ],
    untried: ['what acks=1 buys: latency and availability below the in-sync minimum'],
  },
  {
    id: '5',
    text: 'A producer’s id and its sequence numbers recognise a retry: it is stored once.',
    requires: ['kafka'],
    trials: [
      {
        says: 'with sequences a retry is stored once, and nothing is out of order; without them it is stored again',
        treatment: { scenario: 'lost-response', shows: [kept('D4', 'O2')] },
        control: { scenario: 'lost-response', shows: [seen('D4')] },
        systems: {
          log: { treatment: 'idempotent', control: 'pipelined' },
          kafka: { treatment: 'idempotent', control: 'acks-all' },
        },
      },
    ],
    untried: [
      'five requests in flight against six (Kafka’s profile has one)',
      'the default of each client',
    ],
  },
];
