import { crc32c } from '../../harness/core/crc32c.ts';
import { AckmarkError } from '../../harness/core/errors.ts';
import type { Deployed, Outgoing } from '../engine.ts';

export interface DeployedTopic {
  readonly id: number;
  readonly partitions: number;
  /**
   * Scopes are numbered through the whole deployment: partition 0 of the topic is this one. With one
   * destination the scope is the partition.
   */
  readonly firstScope: number;
}

export const topicSetting = (destination: number): string => `topic.${destination}`;

/** The broker's ids of what `apply` made. @throws AckmarkError when something else deployed it */
export function topicsOf(deployed: Deployed): readonly DeployedTopic[] {
  let nextScope = 0;
  return deployed.topology.destinations.map((destination, index) => {
    const firstScope = nextScope;
    nextScope += destination.scopes;
    const id = Number(deployed.settings[topicSetting(index)]);
    if (!Number.isInteger(id)) {
      throw new AckmarkError('USAGE', `destination ${destination.name} has no topic id`, {
        hint: 'Use what `apply` of this engine returned.',
      });
    }
    return { id, partitions: destination.scopes, firstScope };
  });
}

/** Where a message goes, as the broker and as the harness name it. */
export interface Route {
  readonly topic: number;
  readonly partition: number;
  readonly scope: number;
}

/** A partition of a topic as one number. */
export const laneKey = (topic: number, partition: number): number => topic * 65_536 + partition;

/** Chooses partitions: the one that is asked for, the key's, or for a whole call the next in turn. */
export class Router {
  readonly #topics: readonly DeployedTopic[];
  #turn = 0;

  constructor(topics: readonly DeployedTopic[]) {
    this.#topics = topics;
  }

  nextCall(): void {
    this.#turn += 1;
  }

  /** Undefined when the log cannot carry the message as it is asked to. */
  route(message: Outgoing): Route | undefined {
    const isPlain =
      message.group === undefined && message.deduplicationId === undefined && message.delayMs <= 0;
    const topic = this.#topics[message.destination];
    if (!isPlain || topic === undefined) return undefined;
    const partition = message.partition ?? this.#choose(message.key, topic.partitions);
    const exists = Number.isInteger(partition) && partition >= 0 && partition < topic.partitions;
    const scope = topic.firstScope + partition;
    return exists ? { topic: topic.id, partition, scope } : undefined;
  }

  #choose(key: Buffer | undefined, partitions: number): number {
    return (key === undefined ? this.#turn : crc32c(key)) % partitions;
  }
}
