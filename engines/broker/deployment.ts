import { AckmarkError } from '../../harness/core/errors.ts';
import type { Deployed } from '../engine.ts';

const exchangeSetting = (destination: number): string => `exchange.${destination}`;
const queueSetting = (subscription: number): string => `queue.${subscription}`;

/** Of `Deployed`, from the broker's ids. */
export function settingsOf(
  exchanges: readonly number[],
  queues: readonly number[],
): Readonly<Record<string, string>> {
  return Object.fromEntries([
    ...exchanges.map((id, index) => [exchangeSetting(index), String(id)] as const),
    ...queues.map((id, index) => [queueSetting(index), String(id)] as const),
  ]);
}

/** The broker's ids of the exchanges that `apply` made, by destination. @throws AckmarkError */
export function exchangesOf({ topology, settings }: Deployed): readonly number[] {
  return topology.destinations.map(({ name }, index) =>
    idOf(settings[exchangeSetting(index)], `destination ${name}`),
  );
}

/** The broker's ids of the queues that `apply` made, by subscription. @throws AckmarkError */
export function queuesOf({ topology, settings }: Deployed): readonly number[] {
  return topology.subscriptions.map(({ name }, index) =>
    idOf(settings[queueSetting(index)], `subscription ${name}`),
  );
}

/** The broker's id of the queue that a subscription reads. @throws AckmarkError */
export function queueOf(deployed: Deployed, subscription: number): number {
  const queue = queuesOf(deployed)[subscription];
  if (queue !== undefined) return queue;
  throw new AckmarkError('USAGE', `there is no subscription ${subscription}`, { hint });
}

const hint = 'Use what `apply` of this engine returned.';

function idOf(setting: string | undefined, whose: string): number {
  const id = Number(setting);
  if (Number.isInteger(id)) return id;
  throw new AckmarkError('USAGE', `${whose} has no id of the broker`, { hint });
}
