import type { BrokerConnection } from '../embedded/client.ts';
import type { ProducerIdentity } from '../embedded/log/entries.ts';
import type { ConsumerSink, Delivery, Outcome } from '../engine.ts';
import { commitOffsets, includeOffsets, offsetsAfter } from './commits.ts';

/**
 * Commits what the deliveries settle, each with the generation in which it was delivered, so that the
 * broker can refuse those of a member that has lost their partitions since.
 */
export function acknowledge(
  connection: BrokerConnection | undefined,
  ticket: number,
  of: readonly Delivery[],
  settled: ConsumerSink['settled'],
): void {
  const generations = Map.groupBy(of.keys(), (index) => Number(of[index]?.token));
  for (const [generation, indexes] of generations) {
    const consumed = { generation, offsets: offsetsAfter(indexes.map((index) => of[index])) };
    commitOffsets(connection, consumed, (outcome, code) => {
      const answered = generations.size === 1 ? [-1] : indexes;
      for (const index of answered) settled(ticket, index, outcome, code);
    });
  }
}

/** Their offsets join the transaction of a producer; `fail` for partitions that are not its own any more. */
export async function includeInTransaction(
  connection: BrokerConnection | undefined,
  identity: ProducerIdentity,
  upTo: readonly Delivery[],
): Promise<Outcome> {
  const generations = Map.groupBy(upTo, ({ token }) => Number(token));
  for (const [generation, deliveries] of generations) {
    if (connection?.open !== true) return 'fail';
    const consumed = { generation, offsets: offsetsAfter(deliveries) };
    const outcome = await includeOffsets(connection, identity, consumed);
    if (outcome !== 'ok') return outcome;
  }
  return 'ok';
}
