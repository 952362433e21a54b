import { AckmarkError } from '../../harness/core/errors.ts';
import type { Engine, Target } from '../engine.ts';
import { type KafkaOptions, kafkaOptions } from './options.ts';
import { outcomes } from './outcomes.ts';
import { profiles, traits } from './profiles.ts';

const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js';

const engine: Engine<KafkaOptions> = {
  id: 'kafka',
  family: 'log',
  options: kafkaOptions,
  profiles,
  traits,
  outcomes,
  wire: new URL(`./wire${extension}`, import.meta.url),
  replicates: ['local'],
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
  external,
};
export default engine;

/** `kafka://host:port,host:port` or the bare list; a missing port is 9092. */
export function external(url: string): Target {
  const list = url.startsWith('kafka://') ? url.slice('kafka://'.length) : url;
  const brokers = list.replace(/\/$/, '').split(',');
  const addresses = brokers.map((broker) => {
    const match = /^(\[[0-9a-fA-F:]+\]|[A-Za-z0-9._-]+)(?::(\d{1,5}))?$/.exec(broker.trim());
    const port = Number(match?.[2] ?? 9092);
    if (match === null || port < 1 || port > 65_535) {
      throw new AckmarkError(
        'USAGE',
        `not a Kafka address: ${JSON.stringify(broker.slice(0, 80))}`,
        {
          hint: 'Write --target kafka://host:port, several brokers separated by commas.',
        },
      );
    }
    return `${match[1] ?? ''}:${port}`;
  });
  return {
    kind: 'external',
    title: `Kafka protocol at ${addresses.join(',')}`,
    address: addresses.join(','),
    nodes: addresses.length,
    settings: {},
  };
}
