import { AckmarkError } from '../../harness/core/errors.ts';
import type { Target } from '../engine.ts';
import type { Answering, Dialect } from '../kafka/dialect.ts';
import type { RedpandaOptions } from './options.ts';

const writeCachingSetting = 'write.caching';

/**
 * Redpanda begins the cluster id of each answer to Metadata with this, also before it has one, so that clients can tell
 * which system they talk to (redpanda-data/redpanda, src/v/kafka/server/handlers/metadata.cc).
 */
const ownIds = 'redpanda.';

/** It takes Kafka's `min.insync.replicas` and `unclean.leader.election.enable` and does nothing with them. */
export function redpandaDialect(writeCaching: RedpandaOptions['writeCaching']): Dialect {
  const isCached = writeCaching === 'on';
  return {
    topicSettings: () => (isCached ? [{ name: writeCachingSetting, value: 'true' }] : []),
    decisive: [writeCachingSetting, 'flush.ms', 'flush.bytes', 'retention.ms'],
    answering: (target, clusterId) => {
      const answering = answeringAt(target, clusterId);
      if (isCached && answering.nothingClaimed !== undefined) {
        throw new AckmarkError(
          'TARGET_UNAVAILABLE',
          `${answering.title} has no write caching, which this profile is about`,
          { hint: 'Name a Redpanda, or leave the profile out.' },
        );
      }
      return answering;
    },
    requireTopic: (target, read) => {
      const value = read.find(({ name }) => name === writeCachingSetting)?.value;
      if (value === undefined || (value === 'true') === isCached) return;
      throw new AckmarkError(
        'TARGET_UNAVAILABLE',
        `write caching is ${value} at ${target.address}, and this profile is about ${isCached ? 'true' : 'false'}`,
        {
          hint: isCached
            ? 'Allow it on the cluster: `write_caching_default` is `disabled`.'
            : 'Set `write_caching_default` of the cluster to false (a cluster in development mode has it on), or use redpanda@write-caching.',
        },
      );
    },
  };
}

/** It tells no version by this protocol. */
function answeringAt({ address }: Target, clusterId: string): Answering {
  if (clusterId.startsWith(ownIds)) {
    return { title: `Redpanda of unknown version at ${address}` };
  }
  const title = `Kafka protocol, not Redpanda, at ${address}`;
  return {
    title,
    nothingClaimed: `what answers says that it is the cluster ${printable(clusterId)}, which is no Redpanda: nothing is claimed of it`,
  };
}

const printable = (text: string): string =>
  JSON.stringify(text.replace(/[^ -~]/g, '?').slice(0, 80));
