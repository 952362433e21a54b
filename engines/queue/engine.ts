import { externalTarget } from '../embedded/external.ts';
import { fsyncSetting } from '../embedded/fsync.ts';
import type { Engine } from '../engine.ts';
import { type QueueOptions, queueOptions } from './options.ts';
import { outcomes } from './outcomes.ts';
import { profiles } from './profiles.ts';
import { traits } from './traits.ts';

const suffix = import.meta.url.endsWith('.ts') ? 'ts' : 'js';

export default {
  id: 'queue',
  family: 'queue',
  options: queueOptions,
  profiles,
  outcomes,
  traits,
  administer: async (target, options) => {
    const { QueueAdministration } = await import('./administration.ts');
    return new QueueAdministration(target, options);
  },
  connect: async (target, options, actor) => {
    const { QueueSession } = await import('./client.ts');
    return new QueueSession(target, options, actor);
  },
  provisioners: {
    embedded: async () => (await import('./provision.ts')).provisioner,
  },
  targetSettings: ({ fsync }) => ({ fsync: fsyncSetting(fsync) }),
  losesPower: ['embedded'],
  external: (url) => externalTarget('queue', url),
  wire: new URL(`../embedded/wire.${suffix}`, import.meta.url),
} satisfies Engine<QueueOptions>;
