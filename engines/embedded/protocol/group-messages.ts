/** What members of a consumer group and the log say to each other, commits aside. */
import type { JoinRequest } from '../log/consumer-groups.ts';
import { rebalanceProtocols } from '../log/rebalance.ts';
import type { Isolation } from '../log/partition.ts';
import { type ByteReader, ByteWriter, ProtocolError } from './bytes.ts';
import { readIsolation, writeIsolation } from './topic-messages.ts';

export interface JoinGroup extends JoinRequest {
  /** Where the end of an assigned partition is depends on it. */
  readonly isolation: Isolation;
}

export function writeJoinGroup(to: ByteWriter, request: JoinGroup): ByteWriter {
  const { group, topic, protocol, sessionTimeoutMs, instance } = request;
  to.text(group).u32(topic).u8(rebalanceProtocols.indexOf(protocol));
  writeIsolation(to, request.isolation);
  return to.u32(sessionTimeoutMs).text(instance ?? '');
}

export function readJoinGroup(from: ByteReader): JoinGroup {
  const group = from.text();
  const topic = from.u32();
  const protocol = rebalanceProtocols[from.u8()];
  if (protocol === undefined) throw new ProtocolError('an unknown rebalance protocol');
  const isolation = readIsolation(from);
  const sessionTimeoutMs = from.u32();
  const instance = from.text();
  from.end();
  return {
    group,
    topic,
    protocol,
    isolation,
    sessionTimeoutMs,
    instance: instance === '' ? undefined : instance,
  };
}

/** What a member must give up, and in which generation it is asked to. */
export function writeRevocation(generation: number, partitions: readonly number[]): Buffer {
  const to = new ByteWriter().u32(generation).u16(partitions.length);
  for (const partition of partitions) to.u16(partition);
  return to.finish();
}

export function readRevocation(from: ByteReader): { generation: number; partitions: number[] } {
  const generation = from.u32();
  const partitions = Array.from({ length: from.u16() }, () => from.u16());
  from.end();
  return { generation, partitions };
}

/** One assigned partition, with all that a member needs to find its start. */
export interface AssignedPartition {
  readonly partition: number;
  /** Undefined when the group has not committed anything there. */
  readonly committed: number | undefined;
  /** Retention has removed what was before. */
  readonly start: number;
  readonly end: number;
}

export function writeAssignment(
  generation: number,
  partitions: readonly AssignedPartition[],
): Buffer {
  const to = new ByteWriter().u32(generation).u16(partitions.length);
  for (const { partition, committed, start, end } of partitions) {
    to.u16(partition)
      .u8(committed === undefined ? 0 : 1)
      .u64(committed ?? 0)
      .u64(start)
      .u64(end);
  }
  return to.finish();
}

export function readAssignment(from: ByteReader): {
  generation: number;
  partitions: AssignedPartition[];
} {
  const generation = from.u32();
  const partitions: AssignedPartition[] = [];
  for (let left = from.u16(); left > 0; left -= 1) {
    const partition = from.u16();
    const known = from.u8() === 1;
    const committed = from.u64();
    const start = from.u64();
    const end = from.u64();
    partitions.push({ partition, committed: known ? committed : undefined, start, end });
  }
  from.end();
  return { generation, partitions };
}
