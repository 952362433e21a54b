import { calm } from '../../simulate/world/network.ts';
import { healthy } from '../../simulate/world/world.ts';
import { playLog } from '../models/log.ts';
import type { LogModelOptions } from '../models/log-options.ts';
import { untroubled } from '../models/troubles.ts';
import type { Mutant } from './mutant.ts';

export type Tune = (options: LogModelOptions) => Partial<LogModelOptions>;

function quiet(options: LogModelOptions): LogModelOptions {
  return {
    ...options,
    log: { ...options.log, idempotent: true, tellsPlaces: false },
    producers: options.producers.map((producer) => ({ ...producer, retries: true })),
    producerWeather: calm,
    consumerWeather: calm,
    troubles: untroubled,
    brokerCrash: 'never',
    replicas: 0,
    readBack: false,
    recordsReads: false,
    recordsAssignments: true,
    bounds: {},
    isSplit: false,
    isPlaceless: false,
    sink: false,
  };
}

/** A log in which nothing is amiss but the defect, tuned so that it meets an occasion. */
export function inLog(defect: string, tune: Tune = () => ({})): Mutant['play'] {
  return (seed, isHealthy) =>
    playLog(seed, isHealthy ? healthy : defect, (options) => {
      const base = quiet(options);
      return { ...base, ...tune(base) };
    });
}
