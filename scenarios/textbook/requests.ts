import { type Bound, type Expectation, kept, type Sentence } from './sentence.ts';

/** All of the scenario. */
const requests = 2_000;

const replies = (name: 'own' | 'others', unit: string, bound: Bound): Expectation => ({
  is: 'figure',
  figure: { of: 'replies', name, unit },
  bound,
});

const rates = ['800', '2,000', '4,000'] as const;

/** At each rate of the scenario. */
const trips = (quantile: 'p50' | 'p99'): readonly Expectation[] =>
  rates.map((rate, stage) => ({
    is: 'measured',
    figure: {
      of: 'round-trip',
      stage,
      quantile,
      unit: `${quantile} of round trips in milliseconds at ${rate} requests a second`,
    },
    scenario: 'round-trips',
  }));

/** What somebody asks, and gets an answer to. */
export const asking: readonly Sentence[] = [
  {
    id: '17',
    text: 'Request and reply work over a log as over a broker, by their correlation ids; how long a round trip takes depends on which it is.',
    requires: ['kafka', 'rabbitmq'],
    trials: [
      {
        says: 'by its correlation id each reply finds its request, and none that of another; by their turn replies are taken for those to others',
        treatment: {
          scenario: 'request-reply',
          shows: [
            replies('own', 'requests that got their reply', { least: requests }),
            replies('others', 'replies that were taken for those to others', { most: 0 }),
            kept('E1', 'E2'),
            ...trips('p50'),
            ...trips('p99'),
          ],
        },
        control: {
          scenario: 'request-reply',
          shows: [replies('others', 'replies that were taken for those to others', { least: 1 })],
        },
        systems: {
          log: { treatment: 'acks-all', control: 'uncorrelated', against: 'broker@manual-ack' },
          broker: { treatment: 'manual-ack', control: 'uncorrelated' },
          kafka: { treatment: 'acks-all', control: 'uncorrelated', against: 'rabbitmq@manual-ack' },
          rabbitmq: { treatment: 'manual-ack', control: 'uncorrelated' },
        },
      },
    ],
    untried: [
      'several requesters, each with an address of its own for replies',
      'a requester that gives up, and a reply that comes after that',
    ],
  },
];
