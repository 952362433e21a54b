import type { ProducerOptions } from '../clients/producer.ts';
import { calm } from '../../simulate/world/network.ts';
import { healthy } from '../../simulate/world/world.ts';
import type { Claim } from '../../simulate/played.ts';
import { playTransactions, type TransactionModelOptions } from '../models/transactions.ts';
import { type Mutant, violated } from './mutant.ts';

const claim: Claim = { level: 'exactly-once', promises: ['read-committed'] };

/** There is always something to be done for a while. */
const dense: readonly ProducerOptions[] = [
  {
    lanes: 2,
    ordered: true,
    perLane: 40,
    route: 0,
    pauseMs: [0.5, 2],
    retries: false,
    delayed: 0,
    expiring: 0,
  },
];

/** A pipeline in which nothing is amiss but the defect. */
function inTransactions(
  defect: string,
  tune: Partial<TransactionModelOptions> = {},
): Mutant['play'] {
  return (seed, isHealthy) =>
    playTransactions(seed, isHealthy ? healthy : defect, (options) => ({
      ...options,
      weather: calm,
      batch: 3,
      aborts: 0,
      crashes: 0,
      zombies: 0,
      peers: false,
      ...tune,
    }));
}

/** Defects of transactions. */
export const transactionMutants: readonly Mutant[] = [
  {
    id: 'M8',
    story: 'a reader of committed messages is handed one of an aborted transaction',
    claim,
    expects: violated('T1'),
    play: inTransactions('serves-aborted', { aborts: 30 }),
  },
  {
    id: 'M9',
    story: 'a reader of committed messages is handed one before its commit',
    claim,
    expects: violated('T2'),
    play: inTransactions('serves-open', { producers: dense }),
  },
  {
    id: 'M10',
    story: 'a commit makes only a part of its transaction visible',
    claim,
    expects: violated('T3'),
    play: inTransactions('commits-half'),
  },
  {
    id: 'M70',
    story: 'a client forgets that its transaction was committed, and does the work again',
    claim,
    expects: violated('T4'),
    play: inTransactions('commit-forgotten'),
  },
  {
    id: 'M71',
    story: 'a commit makes the outputs visible and forgets the offsets of the inputs',
    claim,
    expects: violated('T5'),
    play: inTransactions('offsets-forgotten'),
  },
  {
    id: 'M72',
    story: 'a write that comes late for its transaction is taken into the next one',
    claim,
    expects: violated('T6'),
    play: inTransactions('late-write-taken'),
  },
  {
    id: 'M73',
    story: 'two transactions that read each other’s writes are both committed',
    claim,
    expects: violated('T7'),
    play: inTransactions('peers-see-open', {
      peers: true,
      workers: 2,
      outputs: 2,
      producers: dense,
    }),
  },
  {
    id: 'M74',
    story: 'a commit is accepted from an epoch that is fenced off',
    claim,
    expects: violated('T8'),
    play: inTransactions('accepts-old-epoch', { zombies: 2, producers: dense }),
  },
  {
    id: 'M75',
    story: 'readers of committed messages stop at a transaction that has ended long ago',
    claim,
    expects: { as: 'warned', root: 'T9' },
    play: inTransactions('never-stable'),
  },
  {
    id: 'M76',
    story: 'a consumer goes on with what it has after an abort, which is its own affair',
    claim,
    expects: { as: 'noticed', root: 'T10' },
    play: inTransactions('goes-on-after-abort', { aborts: 30, producers: dense }),
  },
];
