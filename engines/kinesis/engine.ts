import { externalTarget } from '../aws/external.ts';
import { behindFront } from '../aws/front/behind-front.ts';
import { serviceSettings } from '../aws/front/service.ts';
import type { Engine } from '../engine.ts';
import { type KinesisOptions, kinesisOptions } from './options.ts';
import { outcomes } from './outcomes.ts';
import { profiles } from './profiles.ts';
import { traits } from './traits.ts';

const suffix = import.meta.url.endsWith('.ts') ? 'ts' : 'js';

export default {
  id: 'kinesis',
  family: 'log',
  options: kinesisOptions,
  profiles,
  outcomes,
  traits,
  administer: async (target, options) =>
    (await import('./administration.ts')).administer(target, options),
  connect: async (target, options, actor) =>
    (await import('./client.ts')).connectSession(target, options, actor),
  provisioners: {
    kinesalite: () =>
      behindFront(async () => (await import('./kinesalite.ts')).kinesaliteProvisioner),
    'kinesis-local': () =>
      behindFront(async () => (await import('./kinesis-local.ts')).kinesisLocalProvisioner),
    moto: () => behindFront(async () => (await import('../aws/moto.ts')).motoProvisioner),
  },
  targetSettings: ({ service }) => serviceSettings(service),
  external: (url) => externalTarget('kinesis', 'Kinesis', url),
  fidelity: async () => (await import('./fidelity/clauses.ts')).fidelity,
  light: ['kinesalite'],
  forgets: ['kinesis-local', 'moto'],
  wire: new URL(`./wire.${suffix}`, import.meta.url),
} satisfies Engine<KinesisOptions>;
