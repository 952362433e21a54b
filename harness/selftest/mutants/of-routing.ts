import { calm } from '../../simulate/world/network.ts';
import { healthy } from '../../simulate/world/world.ts';
import type { Claim } from '../../simulate/played.ts';
import { playRouter } from '../models/router.ts';
import type { RouterModelOptions } from '../models/router-options.ts';
import { untroubled } from '../models/troubles.ts';
import { type Mutant, violated } from './mutant.ts';

const routing: Claim = { level: 'at-least-once', promises: ['routing'] };

/** An exchange in which nothing is amiss but the defect; every queue wants something that another does not. */
function inRouter(defect: string, tune: Partial<RouterModelOptions> = {}): Mutant['play'] {
  return (seed, isHealthy) =>
    playRouter(seed, isHealthy ? healthy : defect, (options) => ({
      ...options,
      queues: [
        { patterns: ['order.#'], isFiltered: false },
        { patterns: ['#.eu.*', 'order.*.new'], isFiltered: false },
        { patterns: ['stock.*'], isFiltered: false },
        { patterns: ['order.us.*'], isFiltered: true },
      ],
      routes: options.routes.map((route) => ({ ...route, mandatory: true })),
      producers: options.producers.map((producer) => ({ ...producer, retries: true })),
      producerWeather: calm,
      tells: 'flag',
      requeued: 0,
      troubles: untroubled,
      rebindings: 0,
      ...tune,
    }));
}

/** Defects of exchanges and topics. */
export const routingMutants: readonly Mutant[] = [
  {
    id: 'M21 missing',
    story: 'a message is not copied into one of the queues that are bound to its key',
    claim: routing,
    expects: violated('R1'),
    play: inRouter('route-missed'),
  },
  {
    id: 'M21 wrong',
    story: 'a message is copied into a queue that no binding of its key leads to',
    claim: routing,
    expects: violated('R2'),
    play: inRouter('route-invented'),
  },
  {
    id: 'M21 double',
    story: 'a message is copied twice into one queue',
    claim: routing,
    expects: violated('R3'),
    play: inRouter('route-doubled'),
  },
  {
    id: 'M22',
    story: 'a message for nobody is confirmed without being returned',
    claim: routing,
    expects: violated('R4'),
    play: inRouter('unroutable-dropped'),
  },
  {
    id: 'M77',
    story: 'the broker stops in the middle of a fan-out, and the sender never hears of it',
    claim: routing,
    expects: { as: 'warned', root: 'R5' },
    play: (seed, isHealthy) =>
      playRouter(seed, isHealthy ? healthy : 'fans-out-by-half', (options) => ({
        ...options,
        queues: [
          { patterns: ['order.#'], isFiltered: false },
          { patterns: ['#.eu.*', 'order.*.new'], isFiltered: false },
        ],
        producers: options.producers.map((producer) => ({ ...producer, retries: false })),
        producerWeather: calm,
        troubles: untroubled,
        rebindings: 0,
      })),
  },
  {
    id: 'M78',
    story: 'a subscription gets a message that its filter excludes',
    claim: routing,
    expects: violated('R6'),
    play: inRouter('filter-ignored'),
  },
  {
    id: 'M79',
    story: 'a header is changed on its way',
    claim: routing,
    expects: { as: 'warned', root: 'R7' },
    play: inRouter('attributes-changed'),
  },
];
