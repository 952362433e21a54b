import type { Target } from '../engine.ts';
import type { KafkaOptions } from './options.ts';

/** What tells systems apart that speak Kafka's protocol: how topics are made, what decides, and who answers. */
export interface Dialect {
  /** Settings with which the topics of a cell are created. */
  topicSettings(options: KafkaOptions, minInsyncReplicas: number): readonly TopicSetting[];
  /** Topic settings that decide what an acknowledgement is worth; read back and printed. */
  readonly decisive: readonly string[];
  /**
   * Who answers, by its own word; undefined where that is no question.
   * @param clusterId of the answer to Metadata, anything that a broker may write
   */
  answering(target: Target, clusterId: string): Answering | undefined;
  /** @throws AckmarkError where what was read back is not what the profile is about */
  requireTopic(target: Target, read: readonly TopicSetting[]): void;
}

export interface TopicSetting {
  readonly name: string;
  readonly value: string;
}

export interface Answering {
  /** What a result calls it. */
  readonly title: string;
  /** Why nothing is claimed of it, as a clause; absent: it is the system that the profiles' documents are about. */
  readonly nothingClaimed?: string;
}

export const kafkaDialect: Dialect = {
  topicSettings: (options, minInsyncReplicas) => [
    { name: 'min.insync.replicas', value: String(minInsyncReplicas) },
    { name: 'unclean.leader.election.enable', value: String(options.uncleanElection) },
    ...retentionOf(options),
    ...compactionOf(options),
  ],
  decisive: [
    'min.insync.replicas',
    'flush.messages',
    'unclean.leader.election.enable',
    'retention.ms',
    'cleanup.policy',
    'max.compaction.lag.ms',
  ],
  answering: () => undefined,
  requireTopic: () => undefined,
};

/** What is removed is whole segments, and never the one that is written to before it is as old itself. */
function retentionOf({ retentionMs }: KafkaOptions): readonly TopicSetting[] {
  if (retentionMs === 0) return [];
  return [
    { name: 'retention.ms', value: String(retentionMs) },
    { name: 'segment.ms', value: String(Math.max(1, Math.round(retentionMs / 5))) },
  ];
}

/** Of the segment that is written to nothing is removed, hence short ones. */
function compactionOf({ compactionLagMs }: KafkaOptions): readonly TopicSetting[] {
  if (compactionLagMs === 0) return [];
  return [
    { name: 'cleanup.policy', value: 'compact' },
    { name: 'max.compaction.lag.ms', value: String(compactionLagMs) },
    { name: 'min.cleanable.dirty.ratio', value: '0.01' },
    { name: 'segment.ms', value: String(Math.max(1, Math.round(compactionLagMs / 2))) },
  ];
}
