import type { DestinationSpec, SubscriptionSpec } from '../engine.ts';

/** Each destination is an exchange, a fanout one unless it routes, and each subscription a queue of its own. */
export const exchangeOf = (destination: DestinationSpec): string => destination.name;

export const queueOf = (subscription: SubscriptionSpec): string => subscription.name;
