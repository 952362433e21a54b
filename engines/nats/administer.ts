import type { Administration, Target } from '../engine.ts';
import { JetStreamAdministration } from './administration.ts';
import { administerCore } from './core-administration.ts';
import type { NatsOptions } from './options.ts';

export function administer(target: Target, options: NatsOptions): Promise<Administration> {
  return options.system === 'core'
    ? administerCore(target, options)
    : JetStreamAdministration.open(target, options);
}
