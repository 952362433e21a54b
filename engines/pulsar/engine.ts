import type { Engine } from '../engine.ts';
import { externalTarget } from './address.ts';
import { type PulsarOptions, pulsarOptions } from './options.ts';
import { outcomes } from './outcomes.ts';
import { profiles } from './profiles.ts';
import { traits } from './traits.ts';

const suffix = import.meta.url.endsWith('.ts') ? 'ts' : 'js';

export default {
  id: 'pulsar',
  family: 'queue',
  options: pulsarOptions,
  profiles,
  outcomes,
  traits,
  administer: async (target, options) =>
    (await import('./administration.ts')).administer(target, options),
  connect: async (target, options, actor) =>
    (await import('./client.ts')).connectSession(target, options, actor),
  provisioners: {
    local: async () => (await import('./provision.ts')).pulsarProvisioner,
  },
  external: externalTarget,
  wire: new URL(`./wire.${suffix}`, import.meta.url),
} satisfies Engine<PulsarOptions>;
