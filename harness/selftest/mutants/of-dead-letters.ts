import type { Claim } from '../../simulate/played.ts';
import { inQueue } from './in-queue.ts';
import { type Mutant, shown, violated } from './mutant.ts';

const deadLetter: Claim = { level: 'at-least-once', promises: ['dead-letter'] };
const groups: Claim = { level: 'at-least-once', promises: ['fifo-groups'] };
const fifo: Claim = { level: 'at-least-once', promises: ['fifo-queue'] };

const poisoned = {
  mode: 'pull',
  leaseMs: 60,
  consumers: 2,
  most: 2,
  tells: 'attempt',
  attempts: 3,
  poisonous: 200,
} as const;
const grouped = {
  mode: 'pull',
  leaseMs: 60,
  byGroup: true,
  consumers: 3,
  most: 4,
  tells: 'attempt',
} as const;
const pushed = { mode: 'push', leaseMs: 0 } as const;
const slowly = { consumers: 1, most: 1, processMs: [6, 9] } as const;

/** Defects of a queue with dead letters and message groups. */
export const deadLetterMutants: readonly Mutant[] = [
  {
    id: 'M16',
    story: 'a message of a group is handed out while its head is in other hands',
    claim: groups,
    expects: violated('O8'),
    play: inQueue('group-unblocked', { ...grouped, processMs: [10, 14] }, { ordered: true }),
  },
  {
    id: 'M20',
    story: 'the broker drops a message instead of moving it to the dead letters',
    claim: deadLetter,
    expects: violated('Q1'),
    play: inQueue('dead-letter-dropped', poisoned),
  },
  {
    id: 'M20 early',
    story: 'a message is a dead letter before its deliveries are used up',
    claim: deadLetter,
    expects: violated('Q3'),
    play: inQueue('dead-letter-early', { ...poisoned, requeued: 30, poisonous: 0 }),
  },
  {
    id: 'M20 late',
    story: 'a message is delivered once more than its limit allows',
    claim: deadLetter,
    expects: violated('Q3'),
    play: inQueue('dead-letter-late', poisoned),
  },
  {
    id: 'M45',
    story: 'an acknowledged message is moved to the dead letters',
    claim: deadLetter,
    expects: violated('Q2'),
    play: inQueue('dead-letters-acknowledged', poisoned),
  },
  {
    id: 'M46',
    story: 'a dead letter does not say why it is one',
    claim: deadLetter,
    expects: { as: 'warned', root: 'Q4' },
    play: inQueue('dead-letter-without-reason', poisoned),
  },
  {
    id: 'M47',
    story: 'a dead letter is held up, and a later one of its group overtakes it',
    claim: groups,
    expects: { as: 'warned', root: 'Q5' },
    play: inQueue(
      'dead-letter-overtaken',
      { ...poisoned, ...grouped, poisonous: 1000 },
      { ordered: true },
    ),
  },
  {
    id: 'M48',
    story: 'a message that nobody can process comes back to the front, and blocks the rest',
    claim: deadLetter,
    expects: { as: 'warned', root: 'Q6' },
    play: inQueue('requeue-to-front', {
      ...poisoned,
      ...slowly,
      ...pushed,
      requeueTo: 'any',
      tellsPlaces: true,
      attempts: 500,
      poisonous: 60,
    }),
  },
  {
    id: 'M49',
    story: 'a message that nobody can process is dropped, as there are no dead letters',
    claim: { level: 'at-least-once', promises: [] },
    expects: shown('Q7'),
    play: inQueue('nobody-can-process', { ...poisoned, poisonous: 0, deadLetters: false }),
  },
  {
    id: 'M50',
    story: 'a requeued message of a group stands behind later ones',
    claim: groups,
    expects: violated('O11'),
    play: inQueue(
      'requeue-to-back',
      { ...grouped, ...slowly, ...pushed, requeued: 20 },
      { ordered: true, pauseMs: [0.5, 2] },
    ),
  },
  {
    id: 'M51',
    story: 'the eldest message of a queue is passed over',
    claim: fifo,
    expects: violated('O12'),
    play: inQueue('overtaken-in-queue', { ...slowly, isFifo: true, tellsPlaces: false }),
  },
];
