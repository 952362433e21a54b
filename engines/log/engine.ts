import { externalTarget } from '../embedded/external.ts';
import { fsyncSetting } from '../embedded/fsync.ts';
import type { Engine } from '../engine.ts';
import { type LogOptions, logOptions } from './options.ts';
import { outcomes } from './outcomes.ts';
import { profiles } from './profiles.ts';
import { traits } from './traits.ts';

const suffix = import.meta.url.endsWith('.ts') ? 'ts' : 'js';

export default {
  id: 'log',
  family: 'log',
  options: logOptions,
  profiles,
  outcomes,
  traits,
  administer: async (target, options) => {
    const { LogAdministration } = await import('./administration.ts');
    return new LogAdministration(target, options);
  },
  connect: async (target, options, actor) => {
    const { LogSession } = await import('./client.ts');
    return new LogSession(target, options, actor);
  },
  provisioners: {
    embedded: async () => (await import('./provision.ts')).provisioner,
  },
  targetSettings: ({ fsync, minInSync, uncleanElection, tier }) => ({
    fsync: fsyncSetting(fsync),
    'min-in-sync': String(minInSync),
    'unclean-election': String(uncleanElection),
    ...(tier.kind === 'none'
      ? {}
      : {
          'local-bytes': String(tier.localBytes),
          'segment-bytes': String(tier.journalSegmentBytes),
          'cache-bytes': String(tier.cacheBytes),
        }),
  }),
  losesPower: ['embedded'],
  replicates: ['embedded'],
  external: (url) => externalTarget('log', url),
  wire: new URL(`../embedded/wire.${suffix}`, import.meta.url),
} satisfies Engine<LogOptions>;
