import mailbox from '../mailbox/engine.ts';
import { openSession } from '../mailbox/session.ts';
import type { Engine, Profile } from '../../../engines/engine.ts';
import { askDepth } from '../mailbox/depth.ts';
import { type Service, TokenBucketBroker } from './broker.ts';

/** What the engine can do is known, and no machine that runs the tests is slower: a search must find it. */
export const capacityPerSecond = 1_730;

/**
 * A second's worth of tokens outlasts a stumble of the machine, and the latency is long enough that a stumble of
 * the generator is small beside it.
 */
const service: Service = {
  perSecond: capacityPerSecond,
  burst: capacityPerSecond,
  latencyMs: 300,
};

const bucket: Profile<Service> = {
  ...mailbox.profiles.sound,
  summary: 'serves what its bucket has tokens for',
  source: 'test/acceptance/token-bucket/engine.ts',
  options: service,
};

const channelOf = (address: string): string => `${address}-bucket`;

export default {
  ...mailbox,
  id: 'token-bucket',
  options: { parse: (value) => value as Service },
  profiles: { bucket },
  administer: async (target, options) => {
    const name = channelOf(target.address);
    const broker = new TokenBucketBroker(name, options);
    return {
      apply: async (topology) => ({
        topology,
        effective: [`service: ${options.perSecond} messages/s`],
        settings: {},
      }),
      backlog: () => askDepth(name),
      remove: async () => {},
      close: async () => broker.close(),
    };
  },
  connect: async (target, _options, actor) => openSession(channelOf(target.address), actor),
} satisfies Engine<Service>;
