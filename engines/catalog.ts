import type { Engine } from './engine.ts';

/** Where an engine's module is and how to load it; importing a module loads no client library. */
export interface CatalogEntry {
  readonly id: string;
  readonly module: URL;
  /** The target used when the command line names none. */
  readonly defaultTarget: string;
  readonly load: () => Promise<{ readonly default: Engine }>;
}

const suffix = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const moduleOf = (id: string): URL => new URL(`./${id}/engine.${suffix}`, import.meta.url);

export const catalog: readonly CatalogEntry[] = [
  {
    id: 'log',
    module: moduleOf('log'),
    defaultTarget: 'embedded',
    load: () => import('./log/engine.ts'),
  },
  {
    id: 'queue',
    module: moduleOf('queue'),
    defaultTarget: 'embedded',
    load: () => import('./queue/engine.ts'),
  },
  {
    id: 'kafka',
    module: moduleOf('kafka'),
    defaultTarget: 'local',
    load: () => import('./kafka/engine.ts'),
  },
  {
    id: 'rabbitmq',
    module: moduleOf('rabbitmq'),
    defaultTarget: 'local',
    load: () => import('./rabbitmq/engine.ts'),
  },
];
