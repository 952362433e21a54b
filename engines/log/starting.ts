import type { BrokerConnection } from '../embedded/client.ts';
import type { Isolation } from '../embedded/log/partition.ts';
import { beginRequest } from '../embedded/protocol/frame.ts';
import type { AssignedPartition } from '../embedded/protocol/group-messages.ts';
import { writeEndOffsets } from '../embedded/protocol/log-messages.ts';
import { Api } from '../embedded/protocol/protocol.ts';
import type { Start } from '../engine.ts';

/** Where a member begins with a partition that it is assigned. */
export function firstOffset(start: Start, assigned: AssignedPartition): number {
  const { partition, committed, end } = assigned;
  if (committed !== undefined) return committed;
  if (start.at === 'latest') return end;
  return start.at === 'position' && start.scope === partition ? start.position.major : 0;
}

/** Where each partition goes on after `seek`; undefined for one that is not meant. */
export async function seekTargets(
  connection: BrokerConnection | undefined,
  topic: number,
  isolation: Isolation,
  to: Start,
): Promise<(partition: number) => number | undefined> {
  if (to.at === 'earliest') return () => 0;
  if (to.at === 'position') {
    return (partition) => (partition === to.scope ? to.position.major : undefined);
  }
  const ends = await connection?.call(
    writeEndOffsets(beginRequest(Api.endOffsets), topic, isolation),
  );
  const offsets: number[] = [];
  for (let left = ends?.u16() ?? 0; left > 0; left -= 1) offsets.push(ends?.u64() ?? 0);
  return (partition) => offsets[partition];
}
