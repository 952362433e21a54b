import { plainQueue, type QueueSpec } from '../embedded/broker/queue-spec.ts';
import type { SubscriptionSpec, Topology } from '../engine.ts';
import type { BrokerOptions } from './options.ts';

/**
 * What the queue of a subscription is declared with.
 *
 * @param exchanges the broker's ids, by destination
 */
export function queueSpecOf(
  { name, deliveryLimit }: SubscriptionSpec,
  exchanges: readonly number[],
  { confirms }: BrokerOptions,
): QueueSpec {
  const plain = { ...plainQueue, name, confirms };
  if (deliveryLimit === undefined) return plain;
  const deadLetterExchange = exchanges[deliveryLimit.deadLetters ?? -1];
  return { ...plain, deliveryLimit: deliveryLimit.deliveries, deadLetterExchange };
}

/** In words for the report. */
export function limitsOf({ subscriptions }: Topology): readonly string[] {
  return subscriptions.flatMap(({ deliveryLimit }) => {
    if (deliveryLimit === undefined) return [];
    const then = deliveryLimit.deadLetters === undefined ? 'dropped' : 'dead letters';
    return [`${then} after ${deliveryLimit.deliveries} deliveries`];
  });
}
