import { AckmarkError } from '../../harness/core/errors.ts';
import type { Deployed, Topology } from '../engine.ts';

/** Of a destination: its queue, or its topic. */
export const queueSetting = (destination: number): string => `queue.${destination}`;

/** Of a subscription that shares its destination with others. */
export const subscriptionSetting = (subscription: number): string => `subscription.${subscription}`;

const deadLetterPrefix = 'dead-letters-of.';

/** Of a queue, by its id. */
export const deadLetterSetting = (queue: number): string => `${deadLetterPrefix}${queue}`;

/** The subscriptions that read a destination. */
export function readersOf({ subscriptions }: Topology, destination: number): readonly number[] {
  return subscriptions.flatMap((read, index) => (read.destination === destination ? [index] : []));
}

/** The broker's ids of the queues that take dead letters. */
export function deadLetterQueuesOf({ settings }: Deployed): readonly number[] {
  return Object.entries(settings).flatMap(([name, id]) =>
    name.startsWith(deadLetterPrefix) ? [Number(id)] : [],
  );
}

/** Where a subscription reads. */
export interface ReadQueue {
  /** The broker's. */
  readonly id: number;
  /** Which of the queues that have copies of its destination's messages. */
  readonly scope: number;
}

/** @throws AckmarkError */
export function queueRead(deployed: Deployed, subscription: number): ReadQueue {
  const { topology, settings } = deployed;
  const destination = topology.subscriptions[subscription]?.destination ?? -1;
  const own = settings[subscriptionSetting(subscription)];
  const id = own === undefined ? queuesOf(deployed)[destination] : Number(own);
  if (id !== undefined) {
    return { id, scope: readersOf(topology, destination).indexOf(subscription) };
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

/** The broker's ids of all that `apply` made, in the order in which it can be deleted. */
export function everythingOf(deployed: Deployed): readonly number[] {
  const { topology, settings } = deployed;
  const shared = topology.subscriptions.flatMap((_, index) => {
    const id = settings[subscriptionSetting(index)];
    return id === undefined ? [] : [Number(id)];
  });
  // A queue that takes dead letters stays as long as another sends it some.
  return [...queuesOf(deployed), ...shared, ...deadLetterQueuesOf(deployed)];
}
