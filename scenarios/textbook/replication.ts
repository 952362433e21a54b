import { kept, seen, type Sentence } from './sentence.ts';

export const replication: readonly Sentence[] = [
  {
    id: '19a',
    text: 'A quorum queue survives the loss of a minority of its nodes; a classic queue does not.',
    requires: ['rabbitmq'],
    trials: [
      {
        says: 'what a majority has on disk is there when the leader is gone; what one node had is not',
        treatment: { scenario: 'leader-crash', shows: [kept('D1', 'D9')] },
        control: { scenario: 'leader-crash', shows: [seen('D1', 'D10', 'D12')] },
        systems: {
          broker: { treatment: 'quorum', control: 'manual-ack' },
          rabbitmq: { treatment: 'quorum', control: 'transient' },
        },
      },
    ],
    untried: [
      'a mirrored queue on RabbitMQ 3.10',
      'queues that are not served until their node is back',
    ],
  },
];
