import {
  type Bound,
  type Expectation,
  kept,
  type Pair,
  seen,
  type Sentence,
  type Side,
} from '../textbook/sentence.ts';

const scenario = 'fintech-short';

const figure = (
  name: 'p99-outside' | 'p99-within' | 'dead-letters-missing' | 'undecodable',
  unit: string,
  bound: Bound,
): Expectation => ({ is: 'figure', figure: { of: 'exercise', name, unit }, bound });

const missing = (bound: Bound): Expectation =>
  figure('dead-letters-missing', 'undecodable records that are no dead letters', bound);

const billing = { scenario, effectsIn: 'PostgreSQL' } as const satisfies Omit<Side, 'shows'>;

/** Each engine’s: the treatment on a real one is at full length, and what shows an anomaly need not be. */
const against = (control: string): Readonly<Record<string, Pair>> => ({
  log: { treatment: 'keyed-effects', control },
  kafka: { treatment: 'keyed-effects', control, treatmentIn: 'fintech' },
});

/** The exercise as a whole, in four trials of the same cells. */
export const exercise: Sentence = {
  id: '20',
  text: 'One stream of a payment company, keyed by user, has billing, fraud and analytics as readers. Though a broker and consumers die and records are poisonous, each user’s order is kept, each event is billed once, fraud decides within a second, analytics loses nothing, and every dead letter is accounted for.',
  requires: ['kafka'],
  trials: [
    {
      says: 'every event is billed once and in the order of its user, in the output and in the ledger, where the ledger has an idempotency key; without one it is billed twice',
      treatment: { ...billing, shows: [kept('E2', 'T4', 'O2', 'D1')] },
      control: { ...billing, shows: [seen('E2')] },
      systems: against('transactional'),
    },
    {
      says: 'analytics has a row of every event where it commits after it has written; where it commits before, who dies takes rows along',
      treatment: { scenario, shows: [kept('E1', 'D1')] },
      control: { scenario, shows: [seen('E1')] },
      systems: against('commits-before-write'),
    },
    {
      says: 'every record that cannot be decoded is a dead letter after three retries; where it is skipped it is nowhere',
      treatment: {
        scenario,
        shows: [
          figure('undecodable', 'records that could not be decoded', { least: 1 }),
          missing({ most: 0 }),
        ],
      },
      control: { scenario, shows: [missing({ least: 1 })] },
      systems: against('skips-undecodable'),
    },
    {
      says: 'fraud has 99 of 100 records of the full load within a second, except while the broker is gone and what came meanwhile is made up for',
      treatment: {
        scenario,
        shows: [
          figure('p99-outside', 'milliseconds at p99 outside the failover window', { most: 1_000 }),
        ],
      },
      control: {
        scenario,
        shows: [figure('p99-within', 'milliseconds at p99 within it', { least: 1_000 })],
      },
      systems: {
        kafka: {
          treatment: 'keyed-effects',
          control: 'keyed-effects',
          treatmentIn: 'fintech',
          controlIn: 'fintech',
        },
      },
    },
  ],
  untried: [
    'an alert on the number of dead letters',
    'a broker of several, with a leader elsewhere',
  ],
};
