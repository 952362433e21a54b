import type { Claim } from '../../simulate/played.ts';
import { inQueue } from './in-queue.ts';
import { type Mutant, violated } from './mutant.ts';

const atMostOnce: Claim = { level: 'at-most-once', promises: [] };
const atLeastOnce: Claim = { level: 'at-least-once', promises: [] };
const lease: Claim = { level: 'at-least-once', promises: ['lease'] };

const leased = { mode: 'pull', leaseMs: 60, consumers: 3, most: 4, tells: 'attempt' } as const;

/** Defects of a queue that lends its messages out. */
export const leaseMutants: readonly Mutant[] = [
  {
    id: 'M4',
    story: 'the broker forgets that a message was acknowledged, and hands it out again',
    claim: atMostOnce,
    expects: violated('D6'),
    play: inQueue('forgets-acknowledgement', leased),
  },
  {
    id: 'M18',
    story: 'a message is worked on for longer than its lease, and a second consumer does it again',
    claim: { level: 'exactly-once', promises: [] },
    expects: violated('E2'),
    play: inQueue('sink-recognises-nothing', {
      ...leased,
      consumers: 2,
      most: 1,
      slow: 20,
      sink: true,
    }),
  },
  {
    id: 'M19',
    story: 'the broker calls every delivery the first one',
    claim: lease,
    expects: { as: 'warned', root: 'V7' },
    play: inQueue('flag-always-false', { tells: 'flag', requeued: 30, consumers: 2 }),
  },
  {
    id: 'M36',
    story: 'the broker hands a message to a second consumer that the first one holds',
    claim: atMostOnce,
    expects: violated('D5'),
    play: inQueue('hands-out-held', { consumers: 3, most: 4, tellsPlaces: true }),
  },
  {
    id: 'M37',
    story: 'a copy is damaged on its way to the consumer',
    claim: atLeastOnce,
    expects: violated('D9'),
    play: inQueue('body-corrupted', {}),
  },
  {
    id: 'M38',
    story: 'a purge brings a message back that had been acknowledged',
    claim: atLeastOnce,
    expects: violated('D11'),
    play: inQueue('purge-restores', { ...leased, purged: true }),
  },
  {
    id: 'M39',
    story: 'a delayed message is visible at once',
    claim: lease,
    expects: violated('V1'),
    play: inQueue('visible-early', leased, { delayed: 300 }),
  },
  {
    id: 'M40',
    story: 'a message is handed to another while its lease is running',
    claim: lease,
    expects: violated('V2'),
    play: inQueue('hands-out-held', { ...leased, most: 1, processMs: [20, 30] }),
  },
  {
    id: 'M41',
    story: 'a lease ends, and its message becomes visible long after',
    claim: lease,
    expects: violated('V3'),
    // Only a group that is served all the time shows that it was passed over.
    play: inQueue(
      'lease-ends-late',
      { ...leased, most: 1, slow: 10 },
      { perLane: 150, pauseMs: [15, 20] },
    ),
  },
  {
    id: 'M42',
    story: 'an old receipt deletes a message that another consumer holds, which then dies',
    claim: lease,
    expects: { as: 'warned', root: 'V4' },
    play: inQueue('takes-stale-receipt', { ...leased, consumers: 2, most: 1, slow: 30 }),
  },
  {
    id: 'M43',
    story: 'messages are handed out whose time to live is over',
    claim: lease,
    expects: violated('V5'),
    play: inQueue(
      'expiry-ignored',
      { ...leased, consumers: 1, most: 1, processMs: [10, 20] },
      { expiring: 500 },
    ),
  },
  {
    id: 'M44',
    story: 'a consumer is pushed more than its prefetch allows',
    claim: lease,
    expects: violated('V8'),
    play: inQueue('pushes-beyond-limit', { consumers: 1, most: 1, processMs: [12, 20] }),
  },
];
