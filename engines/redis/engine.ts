import type { Engine } from '../engine.ts';
import { externalTarget } from './address.ts';
import { type RedisOptions, redisOptions } from './options.ts';
import { outcomes } from './outcomes.ts';
import { profiles } from './profiles.ts';
import { traits } from './traits.ts';

const suffix = import.meta.url.endsWith('.ts') ? 'ts' : 'js';

export default {
  id: 'redis',
  family: 'queue',
  options: redisOptions,
  profiles,
  outcomes,
  traits,
  administer: async (target, options) =>
    (await import('./administration.ts')).administer(target, options),
  connect: async (target, options, actor) =>
    (await import('./client.ts')).connectSession(target, options, actor),
  provisioners: {
    local: async () => (await import('./provision.ts')).localProvisioner,
  },
  parts: ['local'],
  withdraws: ['local'],
  replicates: ['local'],
  targetSettings: ({ appendFsync }) => ({ appendfsync: appendFsync }),
  external: externalTarget,
  wire: new URL(`./wire.${suffix}`, import.meta.url),
} satisfies Engine<RedisOptions>;
