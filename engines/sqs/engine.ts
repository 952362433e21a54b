import { externalTarget } from '../aws/external.ts';
import { behindFront } from '../aws/front/behind-front.ts';
import { serviceSettings } from '../aws/front/service.ts';
import { outcomes } from '../aws/outcomes.ts';
import type { Engine } from '../engine.ts';
import { type SqsOptions, sqsOptions } from './options.ts';
import { profiles } from './profiles.ts';
import { traits } from './traits.ts';

const suffix = import.meta.url.endsWith('.ts') ? 'ts' : 'js';

export default {
  id: 'sqs',
  family: 'queue',
  options: sqsOptions,
  profiles,
  outcomes,
  traits,
  administer: async (target, options) =>
    (await import('./administration.ts')).administer(target, options),
  connect: async (target, options, actor) =>
    (await import('./client.ts')).connectSession(target, options, actor),
  provisioners: {
    fauxqs: () => behindFront(async () => (await import('../aws/fauxqs.ts')).fauxqsProvisioner),
    'fauxqs-sqlite': () =>
      behindFront(async () => (await import('../aws/fauxqs.ts')).sqliteProvisioner),
    elasticmq: () => behindFront(async () => (await import('./elasticmq.ts')).elasticmqProvisioner),
    moto: () => behindFront(async () => (await import('../aws/moto.ts')).motoProvisioner),
    localstack: () =>
      behindFront(async () => (await import('../aws/localstack.ts')).localstackProvisioner),
  },
  targetSettings: ({ service }) => serviceSettings(service),
  external: (url) => externalTarget('sqs', 'SQS', url),
  fidelity: async () => (await import('./fidelity/clauses.ts')).fidelity,
  light: ['fauxqs'],
  forgets: ['fauxqs', 'moto', 'localstack'],
  wire: new URL(`./wire.${suffix}`, import.meta.url),
} satisfies Engine<SqsOptions>;
