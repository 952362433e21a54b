import { type Random, randomFrom } from '../../core/random.ts';
import type { ProducerOptions } from '../clients/producer.ts';
import { happens, oneOf, wholeBetween } from '../../core/chance.ts';
import { calm, type Weather } from '../../simulate/world/network.ts';
import { type Troubles, untroubled } from './troubles.ts';

export interface QueueModelOptions {
  readonly producers: readonly ProducerOptions[];
  readonly producerWeather: Weather;
  readonly consumerWeather: Weather;
  readonly mode: 'push' | 'pull';
  readonly most: number;
  readonly consumers: number;
  readonly leaseMs: number;
  /** Deliveries before a message is a dead letter; 0 without a limit, and without dead letters. */
  readonly attempts: number;
  /** Without them a message that has used its deliveries up is dropped. */
  readonly deadLetters: boolean;
  readonly byGroup: boolean;
  /** A copy that is put back stands where it stood, or behind everything. */
  readonly requeueTo: 'original' | 'any';
  /** Claimed to be one FIFO queue, whatever the lanes of its messages. */
  readonly isFifo: boolean;
  readonly isExclusive: boolean;
  readonly isAutomatic: boolean;
  readonly idempotent: boolean;
  readonly tells: 'attempt' | 'flag' | 'nothing';
  readonly tellsPlaces: boolean;
  readonly processMs: readonly [low: number, high: number];
  /** Of a hundred copies. */
  readonly requeued: number;
  readonly rejected: number;
  readonly slow: number;
  /** Messages of a thousand that nobody can process. */
  readonly poisonous: number;
  readonly sink: boolean;
  readonly troubles: Troubles;
  readonly brokerDown: boolean;
  /** An operator empties the queue once while the load lasts. */
  readonly purged: boolean;
}

/** Four kinds of queues, each with the troubles that its promises bear. */
export function queueOptionsOf(seed: number): QueueModelOptions {
  const random = randomFrom(seed).fork('options of a queue');
  const kind = oneOf(random, ['leased', 'leased', 'groups', 'pushed', 'exclusive', 'automatic']);
  const isPull = kind === 'leased' || kind === 'groups';
  const attempts = isPull && happens(random, 0.6) ? wholeBetween(random, 3, 5) : 0;
  const producers = Array.from({ length: wholeBetween(random, 1, 2) }, () => {
    return producerOf(kind, random);
  });
  return {
    producers,
    producerWeather: weather(random),
    consumerWeather: isPull ? weather(random) : calm,
    mode: isPull ? 'pull' : 'push',
    most: wholeBetween(random, 1, 6),
    consumers: wholeBetween(random, 1, 3),
    leaseMs: isPull ? wholeBetween(random, 30, 90) : 0,
    attempts,
    deadLetters: true,
    byGroup: kind === 'groups',
    requeueTo: kind === 'groups' ? 'original' : oneOf(random, ['original', 'original', 'any']),
    isFifo:
      kind === 'pushed' || (kind === 'leased' && producers.every(({ delayed }) => delayed === 0)),
    isExclusive: kind === 'exclusive',
    isAutomatic: kind === 'automatic',
    idempotent: happens(random, 0.7),
    tells: oneOf(random, ['attempt', 'flag', 'attempt']),
    tellsPlaces: happens(random, 0.4),
    processMs: [0.1, oneOf(random, [0.5, 2, 4])],
    requeued: oneOf(random, [0, 5]),
    rejected: attempts > 0 ? oneOf(random, [0, 4]) : 0,
    slow: isPull ? oneOf(random, [0, 4]) : 0,
    poisonous: attempts > 0 ? oneOf(random, [0, 30]) : 0,
    sink: kind !== 'automatic' && happens(random, 0.4),
    troubles: {
      ...untroubled,
      crashes: wholeBetween(random, 0, 1),
      closes: wholeBetween(random, 0, 1),
      producerCrashes: happens(random, 0.2) ? 1 : 0,
    },
    brokerDown: isPull && happens(random, 0.4),
    purged: kind === 'leased' && happens(random, 0.2),
  };
}

function producerOf(kind: string, random: Random): ProducerOptions {
  const isTimed = kind === 'leased';
  return {
    lanes: wholeBetween(random, 2, 4),
    ordered: kind === 'groups' || kind === 'exclusive',
    perLane: wholeBetween(random, 10, 25),
    route: -1,
    pauseMs: [0.5, wholeBetween(random, 2, 12)],
    // At most once, nothing may be there twice.
    retries: kind !== 'automatic' && happens(random, 0.8),
    delayed: isTimed ? oneOf(random, [0, 100]) : 0,
    expiring: isTimed ? oneOf(random, [0, 100]) : 0,
  };
}

function weather(random: Random): Weather {
  return happens(random, 0.4) ? calm : { lostRequests: 15, lostAnswers: 25 };
}
