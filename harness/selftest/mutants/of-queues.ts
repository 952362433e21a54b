import { calm } from '../world/network.ts';
import { healthy } from '../world/world.ts';
import { playQueue } from '../models/queue.ts';
import type { QueueModelOptions } from '../models/queue-options.ts';
import { untroubled } from '../models/troubles.ts';
import { type Mutant, shown, violated } from './mutant.ts';

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
    byGroup: false,
    isExclusive: false,
    isAutomatic: false,
    idempotent: true,
    sink: false,
  };
}

const inQueue = (defect: string, tune: Partial<QueueModelOptions>): Mutant['play'] => {
  return (seed, isHealthy) =>
    playQueue(seed, isHealthy ? healthy : defect, (options) => {
      return { ...quiet(options), ...tune };
    });
};

const dying = inQueue('dies-with-copies-in-hand', {
  isAutomatic: true,
  mode: 'pull',
  consumers: 2,
});

export const queueMutants: readonly Mutant[] = [
  {
    id: 'M12',
    story: 'what was handed out is settled, and its consumer dies',
    claim: { level: 'at-least-once', promises: [] },
    expects: violated('D10'),
    play: dying,
  },
  {
    id: 'M12 at most once',
    story: 'the same where nothing more was promised',
    claim: { level: 'at-most-once', promises: [] },
    expects: shown('D10'),
    play: dying,
  },
  {
    id: 'M17',
    story: 'a second consumer is made the active one beside the first',
    claim: { level: 'at-least-once', promises: ['exclusive'] },
    expects: violated('O9'),
    play: inQueue('two-active', { isExclusive: true, consumers: 3, requeued: 0 }),
  },
];
