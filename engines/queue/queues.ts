import { AckmarkError } from '../../harness/core/errors.ts';
import type { Deployed } from '../engine.ts';

export const queueSetting = (destination: number): string => `queue.${destination}`;

export const deadLetterSetting = (destination: number): string => `dead-letters.${destination}`;

/** The broker's ids of the queues that take dead letters, in the order of their destinations. */
export function deadLetterQueuesOf({ topology, settings }: Deployed): readonly number[] {
  return topology.destinations.flatMap((_, index) => {
    const id = settings[deadLetterSetting(index)];
    return id === undefined ? [] : [Number(id)];
  });
}

/** The broker's id of the queue that a subscription reads. @throws AckmarkError */
export function queueRead(deployed: Deployed, subscription: number): number {
  const read = deployed.topology.subscriptions[subscription];
  const queue = queuesOf(deployed)[read?.destination ?? -1];
  if (queue !== undefined) return queue;
  throw new AckmarkError('USAGE', `there is no subscription ${subscription}`, {
    hint: 'Use what `apply` of this engine returned.',
  });
}

/** The broker's ids of what `apply` made, by destination. @throws AckmarkError */
export function queuesOf(deployed: Deployed): readonly number[] {
  return deployed.topology.destinations.map(({ name }, index) => {
    const id = Number(deployed.settings[queueSetting(index)]);
    if (Number.isInteger(id)) return id;
    throw new AckmarkError('USAGE', `destination ${name} has no queue id`, {
      hint: 'Use what `apply` of this engine returned.',
    });
  });
}
