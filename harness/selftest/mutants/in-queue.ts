import type { ProducerOptions } from '../clients/producer.ts';
import { calm } from '../../simulate/world/network.ts';
import { healthy } from '../../simulate/world/world.ts';
import { playQueue } from '../models/queue.ts';
import type { QueueModelOptions } from '../models/queue-options.ts';
import { untroubled } from '../models/troubles.ts';
import type { Mutant } from './mutant.ts';

function quiet(options: QueueModelOptions): QueueModelOptions {
  return {
    ...options,
    producers: options.producers.map((producer) => ({
      ...producer,
      ordered: false,
      retries: true,
      delayed: 0,
      expiring: 0,
    })),
    producerWeather: calm,
    consumerWeather: calm,
    troubles: untroubled,
    brokerDown: false,
    mode: 'push',
    leaseMs: 0,
    attempts: 0,
    requeued: 0,
    rejected: 0,
    slow: 0,
    poisonous: 0,
    deadLetters: true,
    byGroup: false,
    requeueTo: 'original',
    isFifo: false,
    isExclusive: false,
    isAutomatic: false,
    idempotent: true,
    sink: false,
    purged: false,
  };
}

/** A queue in which nothing is amiss but the defect, tuned so that it meets an occasion. */
export function inQueue(
  defect: string,
  tune: Partial<QueueModelOptions>,
  sends: Partial<ProducerOptions> = {},
): Mutant['play'] {
  return (seed, isHealthy) =>
    playQueue(seed, isHealthy ? healthy : defect, (options) => {
      const base = quiet(options);
      const producers = base.producers.map((producer) => ({ ...producer, ...sends }));
      return { ...base, producers, ...tune };
    });
}
