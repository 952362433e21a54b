import type { Scenario } from '../../scenarios/scenario.ts';

/** Deliveries of each message, where nothing is lost; transformers' inputs are not the consumers'. */
export function copiesOf({ topology, workload }: Scenario): number {
  return workload.transformers > 0 ? topology.subscriptions - 1 : topology.subscriptions;
}
