import type { Engine } from '../engine.ts';
import type { Provisioner } from '../provisioner.ts';
import { externalTarget } from './address.ts';
import { type RabbitOptions, rabbitOptions } from './options.ts';
import { outcomes } from './outcomes.ts';
import { profiles } from './profiles.ts';
import { type ReleaseKind, releases } from './releases.ts';
import { traits } from './traits.ts';

const provisioner = async (kind: ReleaseKind): Promise<Provisioner> =>
  (await import('./provision.ts')).provisionerOf(kind);

const suffix = import.meta.url.endsWith('.ts') ? 'ts' : 'js';

export default {
  id: 'rabbitmq',
  family: 'broker',
  options: rabbitOptions,
  profiles,
  outcomes,
  traits,
  administer: async (target, options) =>
    (await import('./administration.ts')).administer(target, options),
  connect: async (target, options, actor) =>
    (await import('./client.ts')).connectSession(target, options, actor),
  withdraws: Object.keys(releases),
  replicates: Object.keys(releases),
  parts: Object.keys(releases),
  provisioners: {
    local: () => provisioner('local'),
    'debian-bookworm': () => provisioner('debian-bookworm'),
    'debian-sid': () => provisioner('debian-sid'),
  },
  external: externalTarget,
  wire: new URL(`./wire.${suffix}`, import.meta.url),
} satisfies Engine<RabbitOptions>;
