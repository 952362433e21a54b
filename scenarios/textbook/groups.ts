import { type Bound, type Expectation, kept, type Sentence, type Trial } from './sentence.ts';

const gaveUp = (fault: 'join-consumer' | 'crash-consumer', bound: Bound): Expectation => ({
  is: 'figure',
  figure: {
    of: 'fault',
    kind: fault,
    name: 'scopes that other consumers gave up',
    unit: `partitions that others gave up at ${fault}`,
  },
  bound,
});

/** Six partitions and three consumers: eagerly all six change hands, cooperatively two at most. */
const asksOthers: Pick<Trial, 'treatment' | 'control'> = {
  treatment: {
    scenario: 'rebalance',
    shows: [gaveUp('join-consumer', { most: 2 }), kept('D1')],
  },
  control: { scenario: 'rebalance', shows: [gaveUp('join-consumer', { least: 6 })] },
};

/** What it costs a group that its members come and go. */
export const groups: readonly Sentence[] = [
  {
    id: '8',
    text: 'An eager rebalance stops the world, a cooperative one only the partitions that change hands; static membership moves nothing when a member restarts.',
    requires: ['kafka'],
    trials: [
      {
        says: 'when a consumer joins, the others give up only what it gets; eagerly they give up everything',
        ...asksOthers,
        systems: { log: { treatment: 'cooperative', control: 'idempotent' } },
      },
      {
        says: 'when a static member restarts nobody gives anything up; when another one does, somebody must',
        treatment: {
          scenario: 'rebalance',
          shows: [gaveUp('crash-consumer', { most: 0 }), kept('D1')],
        },
        control: { scenario: 'rebalance', shows: [gaveUp('crash-consumer', { least: 1 })] },
        systems: { log: { treatment: 'static-members', control: 'cooperative' } },
      },
    ],
    untried: [
      'a consumer that misses its heartbeat',
      'one that is slower than the poll interval and is thrown out',
    ],
  },
];
