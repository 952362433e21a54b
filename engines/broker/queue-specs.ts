import { plainQueue, type QueueSpec } from '../embedded/broker/queue-spec.ts';
import type { SubscriptionSpec, Topology } from '../engine.ts';
import type { BrokerOptions } from './options.ts';

/**
 * What the queue of a subscription is declared with. One for dead letters has no limits: they would be lost
 * where they were to be kept.
 *
 * @param exchanges the broker's ids, by destination
 */
export function queueSpecOf(
  topology: Topology,
  { name, destination, deliveryLimit }: SubscriptionSpec,
  exchanges: readonly number[],
  options: BrokerOptions,
): QueueSpec {
  const { confirms, singleActive: singleActiveConsumer } = options;
  const plain = { ...plainQueue, name, confirms, singleActiveConsumer };
  if (takesDeadLetters(topology, destination)) return plain;
  const { messageTtlMs, maxLength, overflow } = options;
  return {
    ...plain,
    messageTtlMs: messageTtlMs === 0 ? undefined : messageTtlMs,
    maxLength: maxLength === 0 ? undefined : maxLength,
    overflow,
    deliveryLimit: deliveryLimit?.deliveries,
    deadLetterExchange: exchanges[deliveryLimit?.deadLetters ?? -1],
  };
}

function takesDeadLetters({ subscriptions }: Topology, destination: number): boolean {
  return subscriptions.some(({ deliveryLimit }) => deliveryLimit?.deadLetters === destination);
}

/** In words for the report. */
export function lengthAndAgeOf(options: BrokerOptions): readonly string[] {
  const { messageTtlMs, maxLength, overflow } = options;
  const beyond = overflow === 'drop-head' ? 'the oldest is dropped' : 'publishes are refused';
  return [
    ...(messageTtlMs === 0 ? [] : [`time to live: ${messageTtlMs} ms`]),
    ...(maxLength === 0 ? [] : [`length: ${maxLength} at most, then ${beyond}`]),
  ];
}

/** In words for the report. */
export function limitsOf({ subscriptions }: Topology): readonly string[] {
  return subscriptions.flatMap(({ deliveryLimit }) => {
    if (deliveryLimit === undefined) return [];
    const then = deliveryLimit.deadLetters === undefined ? 'dropped' : 'dead letters';
    return [`${then} after ${deliveryLimit.deliveries} deliveries`];
  });
}
