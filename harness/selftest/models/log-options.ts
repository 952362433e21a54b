import type { Bounds } from '../../core/facts.ts';
import { type Random, randomFrom } from '../../core/random.ts';
import type { ProducerOptions } from '../clients/producer.ts';
import type { LogOptions } from '../log/log-broker.ts';
import { happens, oneOf, wholeBetween } from '../../core/chance.ts';
import { calm, type Weather } from '../../simulate/world/network.ts';
import type { Troubles } from './troubles.ts';

export interface LogModelOptions {
  readonly log: LogOptions;
  readonly producers: readonly ProducerOptions[];
  readonly producerWeather: Weather;
  readonly consumerWeather: Weather;
  readonly groups: number;
  readonly members: number;
  /** Every deal of the scopes takes all of them back first. */
  readonly isEager: boolean;
  readonly batch: number;
  readonly processMs: readonly [low: number, high: number];
  /** Of a hundred revocations, those before which nothing is committed. */
  readonly hasty: number;
  readonly recordsReads: boolean;
  readonly recordsAssignments: boolean;
  readonly sink: boolean;
  readonly troubles: Troubles;
  /** A scope is split in two while the load lasts. */
  readonly isSplit: boolean;
  /** Deliveries carry no places, and all readers see one order. */
  readonly isPlaceless: boolean;
  /** Right after which answer the broker crashes. */
  readonly brokerCrash: 'never' | 'in the middle' | 'at the end of a lane';
  /** Nodes that are read one by one when all is over. */
  readonly replicas: number;
  readonly readBack: boolean;
  /** Tighter ones than every model keeps. */
  readonly bounds: Partial<Bounds>;
}

/** What a seed makes of a log: any mixture of troubles that its promises bear. */
export function logOptionsOf(seed: number): LogModelOptions {
  const random = randomFrom(seed).fork('options of a log');
  const retries = happens(random, 0.8);
  return {
    log: {
      partitions: wholeBetween(random, 1, 3),
      entriesPerLedger: oneOf(random, [0, 0, 7]),
      syncMs: wholeBetween(random, 0, 3),
      idempotent: happens(random, 0.7),
      tellsPlaces: happens(random, 0.8),
    },
    producers: Array.from({ length: wholeBetween(random, 1, 2) }, () => producer(random, retries)),
    producerWeather: weather(random),
    consumerWeather: weather(random),
    groups: wholeBetween(random, 1, 2),
    members: wholeBetween(random, 1, 3),
    isEager: happens(random, 0.5),
    batch: wholeBetween(random, 1, 6),
    processMs: [0.1, oneOf(random, [0.3, 1, 2])],
    hasty: oneOf(random, [0, 30]),
    recordsReads: happens(random, 0.5),
    sink: happens(random, 0.4),
    troubles: {
      crashes: wholeBetween(random, 0, 1),
      stalls: wholeBetween(random, 0, 1),
      closes: wholeBetween(random, 0, 1),
      producerCrashes: happens(random, 0.2) ? 1 : 0,
    },
    brokerCrash: oneOf(random, ['never', 'never', 'in the middle', 'at the end of a lane']),
    replicas: oneOf(random, [0, 0, 2]),
    readBack: happens(random, 0.4),
    bounds: {},
    isSplit: happens(random, 0.25),
    isPlaceless: false,
    recordsAssignments: true,
  };
}

function producer(random: Random, retries: boolean): ProducerOptions {
  return {
    lanes: wholeBetween(random, 2, 4),
    ordered: happens(random, 0.8),
    perLane: wholeBetween(random, 10, 20),
    route: -1,
    pauseMs: [0.5, wholeBetween(random, 2, 12)],
    retries,
    delayed: 0,
    expiring: 0,
  };
}

function weather(random: Random): Weather {
  return happens(random, 0.4) ? calm : { lostRequests: 15, lostAnswers: 25 };
}
