import type { Engine } from '../engine.ts';
import { externalTarget } from './address.ts';
import { type KafkaOptions, kafkaOptions } from './options.ts';
import { outcomes } from './outcomes.ts';
import { profiles } from './profiles.ts';
import { traits } from './traits.ts';

const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js';

const engine: Engine<KafkaOptions> = {
  id: 'kafka',
  family: 'log',
  options: kafkaOptions,
  profiles,
  traits,
  outcomes,
  wire: new URL(`./wire${extension}`, import.meta.url),
  parts: ['local'],
  withdraws: ['local'],
  replicates: ['local'],
  coordinates: ['local'],
  controls: ['local'],
  provisioners: {
    local: async () => (await import('./provision.ts')).kafkaProvisioner,
  },
  async administer(target, options) {
    const { administer } = await import('./administration.ts');
    return administer(target, options);
  },
  async connect(target, options, actor) {
    const { connect } = await import('./client.ts');
    return connect(target, options, actor);
  },
  external: externalTarget,
};
export default engine;
