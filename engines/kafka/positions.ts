import {
  type Connection,
  type Consumer as ClientConsumer,
  ListOffsetTimestamps,
  offsetFetchV8,
} from '@platformatic/kafka';
import { setTimeout as pause } from 'node:timers/promises';
import { AckmarkError } from '../../harness/core/errors.ts';
import type { Start } from '../engine.ts';
import type { Membership } from './membership.ts';
import { brokerErrors } from './outcomes.ts';

const askAgain = [
  'UNSTABLE_OFFSET_COMMIT',
  'COORDINATOR_LOAD_IN_PROGRESS',
  'COORDINATOR_NOT_AVAILABLE',
  'NOT_COORDINATOR',
];
const attempts = 100;
const retryDelayMs = 50;

export async function coordinatorConnection(
  client: ClientConsumer,
  membership: Membership,
): Promise<Connection> {
  const id = await client.findGroupCoordinator();
  const { brokers } = await client.metadata({ topics: [membership.topic] });
  const broker = brokers.get(id);
  if (broker === undefined) {
    throw new AckmarkError('CONNECT_FAILED', `the coordinator of ${membership.groupId} is gone`, {
      hint: 'The group moves to another broker; try again.',
    });
  }
  return client.connections.get(broker);
}

/**
 * Committed positions by partition; partitions without one are left out. Waits for offsets that are part
 * of an open transaction, which the client's own call does not: it would hand out the older offset and
 * process the same messages twice.
 */
export async function committedPositions(
  client: ClientConsumer,
  membership: Membership,
): Promise<Map<number, bigint>> {
  const topics = [{ name: membership.topic, partitionIndexes: [...membership.partitions] }];
  for (let attempt = 1; ; attempt += 1) {
    const connection = await coordinatorConnection(client, membership);
    try {
      const group = { groupId: membership.groupId, memberEpoch: -1, topics };
      const response = await offsetFetchV8.api.async(connection, [group], true);
      const positions = new Map<number, bigint>();
      for (const topic of response.groups.flatMap((one) => one.topics)) {
        for (const { partitionIndex, committedOffset } of topic.partitions) {
          if (committedOffset >= 0n) positions.set(partitionIndex, committedOffset);
        }
      }
      return positions;
    } catch (error) {
      const names = brokerErrors(error);
      if (attempt >= attempts || !askAgain.some((name) => names.has(name))) throw error;
      await pause(retryDelayMs, undefined, { ref: false });
    }
  }
}

export async function listedPositions(
  client: ClientConsumer,
  topic: string,
  partitions: readonly number[],
  at: 'earliest' | 'latest',
): Promise<Map<number, bigint>> {
  const listed = await client.listOffsets({
    topics: [topic],
    partitions: { [topic]: [...partitions] },
    timestamp: at === 'earliest' ? ListOffsetTimestamps.EARLIEST : ListOffsetTimestamps.LATEST,
  });
  const offsets = listed.get(topic) ?? [];
  return new Map(partitions.map((partition) => [partition, offsets[partition] ?? 0n]));
}

export function startPosition(start: Start, scope: number): bigint | undefined {
  return start.at === 'position' && start.scope === scope
    ? BigInt(start.position.major)
    : undefined;
}
