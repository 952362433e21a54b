import type { Answer } from '../embedded/answer.ts';
import type { BrokerConnection } from '../embedded/client.ts';
import type { PartitionOffset, ProducerIdentity } from '../embedded/log/entries.ts';
import { ClientCode } from '../embedded/outcomes.ts';
import { beginRequest, sealRequest } from '../embedded/protocol/frame.ts';
import { writeCommit, writeIncludeOffsets } from '../embedded/protocol/log-messages.ts';
import { Api } from '../embedded/protocol/protocol.ts';
import type { Delivery, Outcome } from '../engine.ts';

/** What a member had of its partitions in one generation. */
export interface Consumed {
  readonly generation: number;
  readonly offsets: readonly PartitionOffset[];
}

/** After the last of these deliveries in each partition. */
export function offsetsAfter(deliveries: Iterable<Delivery | undefined>): PartitionOffset[] {
  const next = new Map<number, number>();
  for (const delivery of deliveries) {
    const place = delivery?.place;
    if (place === undefined) continue;
    next.set(place.scope, Math.max(next.get(place.scope) ?? 0, place.position.major + 1));
  }
  return [...next].map(([partition, offset]) => ({ partition, offset }));
}

export function commitOffsets(
  connection: BrokerConnection | undefined,
  { generation, offsets }: Consumed,
  done: (outcome: Outcome, code: number) => void,
): void {
  const request = writeCommit(beginRequest(Api.commitOffsets), generation, offsets);
  connection?.request(sealRequest(request), (answer) => done(...settlementOf(answer)));
}

/** In the transaction that this producer has, or opens by it. */
export function includeOffsets(
  connection: BrokerConnection,
  identity: ProducerIdentity,
  { generation, offsets }: Consumed,
): Promise<Outcome> {
  const body = { identity, generation, offsets };
  const request = writeIncludeOffsets(beginRequest(Api.includeOffsets), body);
  return new Promise((resolve) => {
    connection.request(sealRequest(request), (answer) => resolve(settlementOf(answer)[0]));
  });
}

function settlementOf(answer: Answer): [outcome: Outcome, code: number] {
  if (answer.kind === 'ok') return ['ok', 0];
  return answer.kind === 'refused'
    ? ['fail', answer.status]
    : ['unknown', ClientCode.connectionLost];
}
