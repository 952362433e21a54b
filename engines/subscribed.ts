import { invariant } from '../harness/core/errors.ts';
import type { DestinationSpec, SubscriptionSpec, Topology } from './topology.ts';

/** A subscription by its number, and what it is one of. */
export function subscribed(
  { subscriptions, destinations }: Topology,
  number: number,
): { readonly subscription: SubscriptionSpec; readonly destination: DestinationSpec } {
  const subscription = subscriptions[number];
  invariant(subscription !== undefined, `no subscription ${number}`);
  const destination = destinations[subscription.destination];
  invariant(destination !== undefined, `no destination ${subscription.destination}`);
  return { subscription, destination };
}
