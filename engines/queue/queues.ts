import { AckmarkError } from '../../harness/core/errors.ts';
import type { Deployed, Topology } from '../engine.ts';

/** Of a destination: its queue, or its topic. */
export const queueSetting = (destination: number): string => `queue.${destination}`;

/** Of a subscription that shares its destination with others. */
export const subscriptionSetting = (subscription: number): string => `subscription.${subscription}`;

/** The subscriptions that read a destination. */
export function readersOf({ subscriptions }: Topology, destination: number): readonly number[] {
  return subscriptions.flatMap((read, index) => (read.destination === destination ? [index] : []));
}

/** Each subscription of a topic has a scope of its own; no two destinations share one. */
export function firstScopeOf(topology: Topology, destination: number): number {
  let first = 0;
  for (let before = 0; before < destination; before += 1) {
    first += scopesOf(topology, before);
  }
  return first;
}

export function scopesOf(topology: Topology, destination: number): number {
  return Math.max(1, readersOf(topology, destination).length);
}

/** Destinations that take dead letters. */
export function deadLetterDestinationsOf({ subscriptions }: Topology): readonly number[] {
  return subscriptions.flatMap(({ deliveryLimit }) => deliveryLimit?.deadLetters ?? []);
}

/** Where a subscription reads. */
export interface ReadQueue {
  /** The broker's. */
  readonly id: number;
  /** Of its positions: which of the queues that have copies of its destination's messages. */
  readonly scope: number;
}

/** @throws AckmarkError */
export function queueRead(deployed: Deployed, subscription: number): ReadQueue {
  const { topology, settings } = deployed;
  const destination = topology.subscriptions[subscription]?.destination ?? -1;
  const own = settings[subscriptionSetting(subscription)];
  const id = own === undefined ? queuesOf(deployed)[destination] : Number(own);
  if (id !== undefined) {
    const among = readersOf(topology, destination).indexOf(subscription);
    return { id, scope: firstScopeOf(topology, destination) + among };
  }
  throw new AckmarkError('USAGE', `there is no subscription ${subscription}`, {
    hint: 'Use what `apply` of this engine returned.',
  });
}

/** What is sent to, by destination: the broker's ids of queues and topics. @throws AckmarkError */
export function queuesOf(deployed: Deployed): readonly number[] {
  return deployed.topology.destinations.map(({ name }, index) => {
    const id = Number(deployed.settings[queueSetting(index)]);
    if (Number.isInteger(id)) return id;
    throw new AckmarkError('USAGE', `destination ${name} has no queue id`, {
      hint: 'Use what `apply` of this engine returned.',
    });
  });
}

/** By destination. @throws AckmarkError */
export function sentTo(deployed: Deployed): readonly { id: number; scope: number }[] {
  return queuesOf(deployed).map((id, destination) => ({
    id,
    scope: firstScopeOf(deployed.topology, destination),
  }));
}

/** The broker's ids of all that `apply` made, in the order in which it can be deleted. */
export function everythingOf(deployed: Deployed): readonly number[] {
  const { topology, settings } = deployed;
  const shared = topology.subscriptions.flatMap((_, index) => {
    const id = settings[subscriptionSetting(index)];
    return id === undefined ? [] : [Number(id)];
  });
  // A queue that takes dead letters stays as long as another sends it some.
  const takers = new Set(deadLetterDestinationsOf(topology));
  const queues = queuesOf(deployed);
  return [
    ...queues.filter((_, index) => !takers.has(index)),
    ...shared,
    ...queues.filter((_, index) => takers.has(index)),
  ];
}
