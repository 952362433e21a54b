import type { DestinationSpec, SubscriptionSpec } from '../engine.ts';

/** Each destination is a fanout exchange and each subscription a queue of its own bound to it. */
export const exchangeOf = (destination: DestinationSpec): string => destination.name;

export const queueOf = (subscription: SubscriptionSpec): string => subscription.name;
