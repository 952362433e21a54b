import { invariant } from '../../harness/core/errors.ts';
import type { Deployed } from '../engine.ts';

/** What `apply` made of a topology: topics by destination, and queues by subscription. */
export interface Made {
  readonly topics: readonly string[];
  readonly queues: readonly string[];
}

export function settingsOf({ topics, queues }: Made): Deployed['settings'] {
  return Object.fromEntries([
    ...topics.map((arn, destination) => [`topic.${destination}`, arn] as const),
    ...queues.map((url, subscription) => [`queue.${subscription}`, url] as const),
  ]);
}

export function madeOf({ topology, settings }: Deployed): Made {
  const setting = (name: string): string => {
    const value = settings[name];
    invariant(value !== undefined, 'this deployment was not made by sns');
    return value;
  };
  return {
    topics: topology.destinations.map((_, destination) => setting(`topic.${destination}`)),
    queues: topology.subscriptions.map((_, subscription) => setting(`queue.${subscription}`)),
  };
}

/** The queue of a subscription. */
export function queueOf(deployed: Deployed, subscription: number): string {
  const url = madeOf(deployed).queues[subscription];
  invariant(url !== undefined, `no subscription ${subscription}`);
  return url;
}
