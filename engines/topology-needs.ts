import { AckmarkError } from '../harness/core/errors.ts';
import type { Capability, Topology } from './engine.ts';

/** What a topology uses and not every engine has. */
function needsOf({ destinations, subscriptions }: Topology): readonly Capability[] {
  const limits = subscriptions.flatMap(({ deliveryLimit }): readonly Capability[] => {
    if (deliveryLimit === undefined) return [];
    return [deliveryLimit.deadLetters === undefined ? 'drop-at-limit' : 'dead-letters'];
  });
  const routes = destinations.some(({ routing }) => routing !== undefined);
  return routes ? ['bindings', ...limits] : limits;
}

/** For `apply`: what is not declared is refused, never left out. @throws AckmarkError USAGE */
export function refuseUndeclared(topology: Topology, capabilities: ReadonlySet<Capability>): void {
  const missing = needsOf(topology).find((need) => !capabilities.has(need));
  if (missing === undefined) return;
  throw new AckmarkError('USAGE', `the topology needs ${missing}, which the engine does not have`, {
    hint: 'Use a profile that declares it: `ackmark list engines`.',
  });
}
