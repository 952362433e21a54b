import { AckmarkError } from '../../harness/core/errors.ts';
import type { Topology } from '../engine.ts';
import { readersOf } from './queues.ts';

/** @throws AckmarkError USAGE when dead letters have no queue to go to */
export function refuseBadLimits(topology: Topology): void {
  for (const { name, deliveryLimit } of topology.subscriptions) {
    const taker = deliveryLimit?.deadLetters;
    if (taker === undefined) continue;
    const isQueue = readersOf(topology, taker).length <= 1;
    if (topology.destinations[taker] !== undefined && isQueue) continue;
    throw new AckmarkError('USAGE', `the dead letters of ${name} have no queue to go to`, {
      hint: 'Name a destination that one subscription reads: a topic takes no dead letters.',
    });
  }
}

/** In words for the report. */
export function limitsOf({ subscriptions }: Topology): readonly string[] {
  return subscriptions.flatMap(({ deliveryLimit }) =>
    deliveryLimit === undefined ? [] : [`dead letters after ${deliveryLimit.deliveries} receives`],
  );
}
