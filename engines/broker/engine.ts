import { externalTarget } from '../embedded/external.ts';
import { fsyncSetting } from '../embedded/fsync.ts';
import type { Engine } from '../engine.ts';
import { type BrokerOptions, brokerOptions } from './options.ts';
import { outcomes } from './outcomes.ts';
import { profiles } from './profiles.ts';
import { traits } from './traits.ts';

const suffix = import.meta.url.endsWith('.ts') ? 'ts' : 'js';

export default {
  id: 'broker',
  family: 'broker',
  options: brokerOptions,
  profiles,
  outcomes,
  traits,
  administer: async (target, options) => {
    const { BrokerAdministration } = await import('./administration.ts');
    return new BrokerAdministration(target, options);
  },
  connect: async (target, options, actor) => {
    const { BrokerSession } = await import('./client.ts');
    return new BrokerSession(target, options, actor);
  },
  provisioners: {
    embedded: async () => (await import('./provision.ts')).provisioner,
  },
  targetSettings: ({ fsync, minInSync }) => ({
    fsync: fsyncSetting(fsync),
    'min-in-sync': String(minInSync),
  }),
  losesPower: ['embedded'],
  replicates: ['embedded'],
  external: (url) => externalTarget('broker', url),
  wire: new URL(`../embedded/wire.${suffix}`, import.meta.url),
} satisfies Engine<BrokerOptions>;
