import { type Random, randomFrom } from '../../core/random.ts';
import type { ProducerOptions } from '../clients/producer.ts';
import type { Route } from '../routing/exchange.ts';
import { happens, oneOf, wholeBetween } from '../../core/chance.ts';
import { calm, type Weather } from '../../simulate/world/network.ts';
import { type Troubles, untroubled } from './troubles.ts';

export interface RouterModelOptions {
  readonly routes: readonly Route[];
  readonly queues: readonly {
    readonly patterns: readonly string[];
    readonly isFiltered: boolean;
  }[];
  readonly producers: readonly ProducerOptions[];
  readonly producerWeather: Weather;
  readonly consumers: number;
  readonly most: number;
  readonly requeued: number;
  readonly tells: 'attempt' | 'flag' | 'nothing';
  readonly troubles: Troubles;
  /** How often a queue loses its bindings for a while, under load. */
  readonly rebindings: number;
}

const keys = ['order.eu.new', 'order.us.new', 'order.eu.paid', 'stock.eu', 'nobody.asks.for.this'];
const patternSets: readonly (readonly [string, ...string[]])[] = [
  ['order.#'],
  ['#.eu.*', 'order.*.new'],
  ['order.eu.new', 'order.eu.*'],
  ['stock.*', '*.eu.#'],
  ['#'],
];

/** What a seed makes of an exchange with its queues. */
export function routerOptionsOf(seed: number): RouterModelOptions {
  const random = randomFrom(seed).fork('options of a router');
  const routes = keys.map((key) => ({ key, mandatory: happens(random, 0.5) }));
  const queues = Array.from({ length: wholeBetween(random, 2, 4) }, (_, index) => ({
    patterns: patternSets[random.below(patternSets.length - 1)] ?? ['#'],
    isFiltered: index > 0 && happens(random, 0.3),
  }));
  const retries = happens(random, 0.7);
  return {
    routes,
    queues,
    producers: routes.map((_, route) => producerOf(random, route, retries)),
    producerWeather: happens(random, 0.5) ? calm : { lostRequests: 15, lostAnswers: 25 },
    consumers: wholeBetween(random, 1, 2),
    most: wholeBetween(random, 1, 6),
    requeued: oneOf(random, [0, 5]),
    tells: oneOf(random, ['attempt', 'flag', 'attempt']),
    troubles: {
      ...untroubled,
      crashes: wholeBetween(random, 0, 1),
      closes: wholeBetween(random, 0, 1),
      producerCrashes: happens(random, 0.2) ? 1 : 0,
    },
    rebindings: wholeBetween(random, 0, 2),
  };
}

function producerOf(random: Random, route: number, retries: boolean): ProducerOptions {
  return {
    lanes: wholeBetween(random, 1, 2),
    ordered: false,
    perLane: wholeBetween(random, 10, 20),
    route,
    pauseMs: [0.5, wholeBetween(random, 2, 12)],
    retries,
    delayed: 0,
    expiring: 0,
  };
}
