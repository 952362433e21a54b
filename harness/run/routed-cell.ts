import type { DestinationSpec, SubscriptionSpec, Topology } from '../../engines/engine.ts';
import type { Address, RoutingPlan } from '../../scenarios/scenario.ts';
import type { RouteFacts } from '../core/facts.ts';
import type { Cell } from '../plan/cell.ts';
import { subscriptionsFor } from './reference-router.ts';

/** Routes of a cell are its addresses, by their number. */
export function routesOf(plan: RoutingPlan): readonly RouteFacts[] {
  const initially = new Set(plan.initially);
  // Returns are demanded of every profile: one that does not ask its broker for them shows what that costs.
  return plan.addresses.map((address) => ({
    groups: subscriptionsFor(plan, initially, address),
    mandatory: true,
  }));
}

/** Which route the lane of a bucket has; blocks of buckets, so that a route is one span of lanes. */
export function routeOfBucket({ addresses }: RoutingPlan, bucket: number, buckets: number): number {
  return Math.floor((bucket * addresses.length) / buckets);
}

/** By bucket; empty where the cell does not route. */
export function addressesOf({ scenario }: Cell): readonly Address[] {
  const { routing } = scenario.topology;
  if (routing === undefined) return [];
  const { keys } = scenario.workload;
  return Array.from({ length: keys }, (_, bucket) => {
    const address = routing.addresses[routeOfBucket(routing, bucket, keys)];
    return address ?? { destination: 0, key: '', headers: undefined };
  });
}

export function routedTopology(plan: RoutingPlan, scopes: number, prefix: string): Topology {
  return {
    destinations: plan.destinations.map(({ by, alternate }, index): DestinationSpec => {
      const name = `${prefix}-d${index}`;
      return by === 'everything' ? { name, scopes } : { name, scopes, routing: { by, alternate } };
    }),
    subscriptions: plan.subscriptions.map(
      (destination, index): SubscriptionSpec => ({
        name: `${prefix}-g${index}`,
        destination,
      }),
    ),
    bindings: plan.initially.flatMap((number) => plan.bindings[number] ?? []),
  };
}
