import type { DeliveryLimit, SubscriptionSpec } from '../../engines/engine.ts';
import type { PoisonAnswer } from '../../scenarios/scenario.ts';
import type { Poison } from '../actors/poison.ts';
import type { Cell } from '../plan/cell.ts';

/** The subscription that has poisonous messages and a limit, where any has. */
export const limitedGroup = 0;

/** What a message becomes that was delivered as often as the first subscription allows. */
export type AtLimit =
  | { readonly becomes: 'redelivered' }
  | { readonly becomes: 'dropped' }
  /** Both numbers come after all others of their kind. */
  | { readonly becomes: 'dead-letter'; readonly destination: number; readonly reader: number };

export function atLimitOf({ scenario, traits }: Pick<Cell, 'scenario' | 'traits'>): AtLimit {
  const { topology, workload } = scenario;
  if (topology.deliveryLimit === undefined) return { becomes: 'redelivered' };
  if (traits.capabilities.includes('dead-letters')) {
    const destination = workload.transformers > 0 ? 2 : 1;
    return { becomes: 'dead-letter', destination, reader: topology.subscriptions };
  }
  return traits.capabilities.includes('drop-at-limit')
    ? { becomes: 'dropped' }
    : { becomes: 'redelivered' };
}

/** What the engine is asked for; nothing where it has no limits. */
export function deliveryLimitOf(cell: Cell, subscription: number): DeliveryLimit | undefined {
  const atLimit = atLimitOf(cell);
  const { deliveryLimit } = cell.scenario.topology;
  if (subscription !== limitedGroup || deliveryLimit === undefined) return undefined;
  if (atLimit.becomes === 'redelivered') return undefined;
  const deadLetters = atLimit.becomes === 'dropped' ? undefined : atLimit.destination;
  return { deliveries: deliveryLimit, deadLetters };
}

/** With its limit, if it has one. */
export function limited(
  spec: SubscriptionSpec,
  cell: Cell,
  subscription: number,
): SubscriptionSpec {
  const deliveryLimit = deliveryLimitOf(cell, subscription);
  return deliveryLimit === undefined ? spec : { ...spec, deliveryLimit };
}

/** What the consumers of the subscription cannot process. */
export function poisonOf(cell: Cell, subscription: number): Poison | undefined {
  const { poison } = cell.scenario.workload;
  if (poison === undefined || subscription !== limitedGroup) return undefined;
  const capabilities = new Set(cell.traits.capabilities);
  const has = (answer: PoisonAnswer): boolean =>
    capabilities.has(answer === 'lapse' ? 'lease' : answer);
  const answers = poison.answers.filter(has);
  if (answers.length === 0) return undefined;
  return { seed: cell.seed, oneIn: poison.oneIn, answers, curedAfter: poison.curedAfter };
}
