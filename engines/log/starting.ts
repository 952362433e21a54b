import type { BrokerConnection } from '../embedded/client.ts';
import type { Isolation } from '../embedded/log/partition.ts';
import { beginRequest } from '../embedded/protocol/frame.ts';
import type { AssignedPartition } from '../embedded/protocol/group-messages.ts';
import { Api } from '../embedded/protocol/protocol.ts';
import {
  type FoundOffsets,
  readFoundOffsets,
  writeEndOffsets,
  writeFindOffsets,
} from '../embedded/protocol/topic-messages.ts';
import type { Start } from '../engine.ts';
import type { ResetPolicy } from './reset-policy.ts';
import type { Subscription } from './subscription.ts';

/**
 * Where a member begins with a partition that it is assigned. Asks the broker where a start at a time is; a
 * partition that comes later is read from its beginning.
 */
export async function firstOffsetOf(
  connection: BrokerConnection,
  { topic, start: at }: Pick<Subscription, 'topic' | 'start'>,
): Promise<(assigned: AssignedPartition) => number> {
  const found = at.at === 'time' ? await foundAt(connection, topic, at.timeMs) : [];
  return ({ partition, committed, start, end }) => {
    if (committed !== undefined) return committed;
    if (at.at === 'latest') return end;
    if (at.at === 'time') return found[partition]?.atTime ?? start;
    return at.at === 'position' && at.scope === partition ? at.position.major : start;
  };
}

/** Where the partitions go on after `seek`; those that it does not mean stay where they are. */
export async function seekPositions(
  connection: BrokerConnection,
  { topic }: Pick<Subscription, 'topic'>,
  { isolation }: { readonly isolation: Isolation },
  to: Start,
  positions: Map<number, number>,
): Promise<void> {
  const targets = await targetsOf(connection, topic, isolation, to);
  for (const partition of positions.keys()) {
    const offset = targets(partition);
    if (offset !== undefined) positions.set(partition, offset);
  }
}

async function targetsOf(
  connection: BrokerConnection,
  topic: number,
  isolation: Isolation,
  to: Start,
): Promise<(partition: number) => number | undefined> {
  switch (to.at) {
    case 'position':
      return (partition) => (partition === to.scope ? to.position.major : undefined);
    case 'time': {
      const found = await foundAt(connection, topic, to.timeMs);
      return (partition) => found[partition]?.atTime;
    }
    case 'earliest': {
      const starts = await startsOf(connection, topic);
      return (partition) => starts[partition];
    }
    case 'latest': {
      const ends = await endsOf(connection, topic, isolation);
      return (partition) => ends[partition];
    }
  }
}

/**
 * The broker has refused positions, because retention has removed what is there or because it never was
 * there. Those that are out of range go where the policy says.
 *
 * @throws Error where the policy is to fail
 */
export async function resetPositions(
  connection: BrokerConnection,
  { topic }: Pick<Subscription, 'topic'>,
  { isolation, reset }: { readonly isolation: Isolation; readonly reset: ResetPolicy },
  positions: Map<number, number>,
): Promise<void> {
  const asked = new Map(positions);
  const starts = await startsOf(connection, topic);
  const ends = await endsOf(connection, topic, isolation);
  for (const [partition, offset] of asked) {
    const start = starts[partition] ?? 0;
    const end = Math.max(start, ends[partition] ?? 0);
    // It may have been given up, or be somewhere else, by now.
    if (positions.get(partition) !== offset || (offset >= start && offset <= end)) continue;
    if (reset === 'fail') {
      throw new Error(`offset ${offset} of partition ${partition} is gone: ${start} to ${end} are`);
    }
    positions.set(partition, reset === 'earliest' ? start : end);
  }
}

async function startsOf(connection: BrokerConnection, topic: number): Promise<number[]> {
  return (await foundAt(connection, topic, 0)).map(({ start }) => start);
}

async function foundAt(
  connection: BrokerConnection,
  topic: number,
  timeMs: number,
): Promise<FoundOffsets[]> {
  const request = writeFindOffsets(beginRequest(Api.findOffsets), { topic, timeMs });
  return readFoundOffsets(await connection.call(request));
}

async function endsOf(
  connection: BrokerConnection,
  topic: number,
  isolation: Isolation,
): Promise<number[]> {
  const request = writeEndOffsets(beginRequest(Api.endOffsets), topic, isolation);
  const ends = await connection.call(request);
  return Array.from({ length: ends.u16() }, () => ends.u64());
}
