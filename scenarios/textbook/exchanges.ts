import { kept, seen, type Sentence } from './sentence.ts';

/** Who gets a message, and what becomes of one that nobody can process. */
export const exchanges: readonly Sentence[] = [
  {
    id: '12',
    text: 'Fan-out: one publish reaches every queue, and each is drained independently of the others.',
    requires: ['sns'],
    trials: [
      {
        says: 'a consumer of one queue that dies costs nobody a message; where nothing is acknowledged its queue loses what it had',
        treatment: { scenario: 'fan-out', shows: [kept('D1', 'D10', 'R5')] },
        control: { scenario: 'fan-out', shows: [seen('D10')] },
        systems: {
          broker: { treatment: 'manual-ack', control: 'auto-ack' },
          rabbitmq: { treatment: 'manual-ack', control: 'auto-ack' },
        },
      },
    ],
    untried: ['filters', 'a queue that subscribes later gets nothing'],
  },
  {
    id: '13',
    text: 'Routing: a message reaches each queue once, however many bindings match; what matches none is returned when the sender asks for it, and dropped silently when not.',
    requires: ['rabbitmq'],
    trials: [
      {
        says: 'topics with * and #, headers, an alternate: once where it belongs, nowhere else, and the rest returned; without mandatory the rest is confirmed and gone',
        treatment: { scenario: 'routing-change', shows: [kept('R1', 'R2', 'R3', 'R4')] },
        control: { scenario: 'routing-change', shows: [seen('R4')] },
        systems: {
          broker: { treatment: 'manual-ack', control: 'not-mandatory' },
          rabbitmq: { treatment: 'manual-ack', control: 'not-mandatory' },
        },
      },
    ],
    untried: [],
  },
  {
    id: '14',
    text: 'A poison message without a dead-letter path comes back for ever; with one it is set aside after its retries, and nothing is lost.',
    requires: ['kafka', 'rabbitmq'],
    trials: [
      {
        says: 'after three deliveries it is a dead letter; without a dead-letter path it is delivered again and again',
        treatment: { scenario: 'poison-message', shows: [kept('Q1', 'Q3', 'D1')] },
        control: { scenario: 'poison-message', shows: [seen('Q3')] },
        systems: { broker: { treatment: 'dead-letters', control: 'manual-ack' } },
      },
      {
        says: 'at the limit it becomes a dead letter and is not lost; with a limit alone it is dropped',
        treatment: { scenario: 'poison-message', shows: [kept('Q1', 'D1')] },
        control: { scenario: 'poison-message', shows: [seen('Q7')] },
        systems: {
          broker: { treatment: 'dead-letters', control: 'drop-at-limit' },
          rabbitmq: {
            treatment: 'quorum-dead-letters-by-reject',
            control: 'quorum-drop-at-limit',
          },
        },
      },
    ],
    untried: [
      'a consumer that exits again and again, and exponential backoff',
      'a crash between the dead letter and the commit',
      'an alert on depth',
    ],
  },
];
