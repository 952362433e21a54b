import { invariant } from '../../harness/core/errors.ts';
import type { Deployed } from '../engine.ts';
import { subscribed } from '../subscribed.ts';

const setting = (destination: number): string => `queue.${destination}`;

/** Of `Deployed`: the URL of each destination's queue. */
export const settingsOf = (urls: readonly string[]): Deployed['settings'] =>
  Object.fromEntries(urls.map((url, destination) => [setting(destination), url]));

export function queueUrlsOf({ topology, settings }: Deployed): readonly string[] {
  return topology.destinations.map((_, destination) => {
    const url = settings[setting(destination)];
    invariant(url !== undefined, 'this deployment was not made by sqs');
    return url;
  });
}

/** The queue that a subscription reads. */
export function queueReadBy(deployed: Deployed, subscription: number): string {
  const { subscription: spec } = subscribed(deployed.topology, subscription);
  const url = queueUrlsOf(deployed)[spec.destination];
  invariant(url !== undefined, `no destination ${spec.destination}`);
  return url;
}

/** Names of FIFO queues end so; of the rest of a name the harness's are fit (at most 80 characters). */
export const queueName = (name: string, kind: 'standard' | 'fifo'): string =>
  kind === 'fifo' ? `${name}.fifo` : name;
