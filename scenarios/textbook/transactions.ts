import { kept, seen, type Sentence } from './sentence.ts';

const dying = { scenario: 'transform-effect', effectsIn: 'PostgreSQL' } as const;
const unanswered = { scenario: 'transform-lost-commit', effectsIn: 'PostgreSQL' } as const;

/** Exactly once, and where it ends. */
export const transactions: readonly Sentence[] = [
  {
    id: '3',
    text: 'Exactly-once inside the log needs idempotence, a transactional id and read-committed. With all three each input is applied once, whatever crashes; with one removed it is not.',
    requires: ['kafka'],
    trials: [
      {
        says: 'a job that dies applies each input once in a transaction; without offsets or without a transaction twice',
        treatment: { scenario: 'transform', shows: [kept('E2', 'T4', 'T5')] },
        control: { scenario: 'transform', shows: [seen('E2', 'T4', 'T5')] },
        systems: {
          log: { treatment: 'transactional', control: 'offsets-apart' },
          kafka: { treatment: 'transactional', control: 'idempotent' },
        },
      },
      {
        says: 'who reads what is committed sees each output once; who reads all sees those of aborted transactions',
        treatment: { scenario: 'transform', shows: [kept('E2', 'T4')] },
        control: { scenario: 'transform', shows: [seen('E2', 'T1')] },
        systems: { log: { treatment: 'transactional', control: 'read-uncommitted' } },
      },
      {
        says: 'a lost answer applies nothing twice with sequences in the transaction; without them it does',
        treatment: { scenario: 'transform-lost-response', shows: [kept('D4', 'E2')] },
        control: { scenario: 'transform-lost-response', shows: [seen('D4', 'E2')] },
        systems: {
          log: { treatment: 'transactional', control: 'unsequenced' },
          kafka: { treatment: 'transactional', control: 'acks-all' },
        },
      },
    ],
    untried: ['its cost in throughput (the sentence says about 3 %)'],
  },
  {
    id: '4',
    text: 'Exactly-once ends at the boundary: what a job does in a database is done twice when it dies or the answer to its COMMIT is lost, unless INSERT … ON CONFLICT DO NOTHING knows the identity of its input. A key that is stored after the offsets does not help.',
    requires: ['kafka'],
    trials: [
      {
        says: 'a job that dies applies its effect in PostgreSQL once where the identity of the input is a unique key; a transaction of the log alone has it twice',
        treatment: { ...dying, shows: [kept('E2', 'T4')] },
        control: { ...dying, shows: [seen('E2'), kept('T4')] },
        systems: {
          log: { treatment: 'keyed-effects', control: 'transactional' },
          kafka: { treatment: 'keyed-effects', control: 'transactional' },
        },
      },
      {
        says: 'a lost answer to COMMIT is no different, though nobody dies',
        treatment: { ...unanswered, shows: [kept('E2', 'T4')] },
        control: { ...unanswered, shows: [seen('E2'), kept('T4')] },
        systems: {
          log: { treatment: 'keyed-effects', control: 'transactional' },
          kafka: { treatment: 'keyed-effects', control: 'transactional' },
        },
      },
      {
        says: 'a key that is stored after the offsets are committed does not help',
        treatment: { ...dying, shows: [kept('E2', 'T4')] },
        control: { ...dying, shows: [seen('E2'), kept('T4')] },
        systems: {
          log: { treatment: 'keyed-effects', control: 'late-keys' },
          kafka: { treatment: 'keyed-effects', control: 'late-keys' },
        },
      },
    ],
    untried: [],
  },
];
